/** The payment side as a shop sees it, answered from memory: the outside world of these tests. */

export type Asked = { method: string; path: string; headers: Headers; body: unknown }
type Answer = Response | Error | ((asked: Asked) => Response | Promise<Response>)

/** Answers one request after the other with what it was given, the last one for ever, and remembers what was asked. */
export function scripted(...answers: Answer[]) {
  const asked: Asked[] = []
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const text = await request.text()
    const one: Asked = {
      method: request.method,
      path: request.url.replace('http://payments.test', ''),
      headers: request.headers,
      body: text ? JSON.parse(text) : undefined,
    }
    asked.push(one)
    const answer = answers[Math.min(asked.length, answers.length) - 1]
    if (!answer) throw new Error('Nothing to answer with')
    if (answer instanceof Error) throw answer
    return typeof answer === 'function' ? answer(one) : answer.clone()
  }
  return { asked, fetch }
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

export const refusal = (
  status: number,
  code: string,
  headers: Record<string, string> = {},
  content = 'A sentence',
): Response =>
  json(
    status,
    {
      code: status,
      title: 'A title',
      content,
      type: 'danger',
      error: { code, decline_code: null, param: null, request_id: 'req_1' },
    },
    headers,
  )

export const created = (id = 'cs_test_1'): Response =>
  json(201, { session_id: id, checkout_url: `http://payments.test/checkout/${id}` })

/** A payment side that keeps sessions and payments, for the backend's own stories. */
export function paymentSide() {
  const sessions = new Map<string, { session_id: string; status: string; amount: string; currency: string }>()
  const payments = new Map<
    string,
    { id: string; status: string; session_id: string; amount: string; currency: string }
  >()
  const byKey = new Map<string, string>()
  const missing = refusal(404, 'not_found')

  const { asked, fetch } = scripted(({ method, path, headers, body }) => {
    const [, , , kind, id, verb] = path.split('/')
    if (method === 'POST' && !id) {
      const key = headers.get('idempotency-key') ?? ''
      const session = byKey.get(key) ?? `cs_test_${sessions.size + 1}`
      if (!byKey.has(key))
        sessions.set(session, {
          session_id: session,
          status: 'open',
          ...(body as { amount: string; currency: string }),
        })
      byKey.set(key, session)
      return created(session)
    }
    const session = kind === 'session' ? sessions.get(id ?? '') : undefined
    if (session && verb === 'expire') {
      if (session.status !== 'open') return refusal(400, 'session_complete')
      session.status = 'expired'
    }
    const found = session ?? payments.get(kind ?? '')
    return found ? json(200, found) : missing.clone()
  })

  return {
    asked,
    fetch,
    sessions,
    /** A payment of this id exists; what is not said is as the first order of these tests has it. */
    has(payment: { id: string; status?: string; session_id?: string; amount?: string; currency?: string }) {
      payments.set(payment.id, {
        status: 'succeeded',
        session_id: 'cs_test_1',
        amount: '12.50',
        currency: 'USD',
        ...payment,
      })
    },
    set(sessionId: string, status: string) {
      const session = sessions.get(sessionId)
      if (session) session.status = status
    },
  }
}
