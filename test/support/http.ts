/** The API over real HTTP, as any client speaks it. */
import { sandboxKey } from './servers.ts'

export type Reply = { status: number; body: Record<string, unknown> }

async function ask(url: string, init: RequestInit): Promise<Reply> {
  const answer = await fetch(url, init)
  return { status: answer.status, body: (await answer.json()) as Reply['body'] }
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) })

export const createSession = (base: string, key?: string): Promise<Reply> =>
  post(
    `${base}/v1/payments/session`,
    { amount: '12500.00', currency: 'CRC', return_url: 'http://localhost:4243/' },
    { 'X-Api-Key': sandboxKey, ...(key !== undefined && { 'Idempotency-Key': key }) },
  )

export const readSession = (base: string, id: string): Promise<Reply> => ask(`${base}/v1/payments/session/${id}`, {})

export const createIntent = (base: string, sessionId: string): Promise<Reply> =>
  post(`${base}/v1/payments/intent`, { session_id: sessionId })

export const confirm = (
  base: string,
  intent: Reply['body'],
  key: string,
  number = '4242424242424242',
): Promise<Reply> =>
  post(
    `${base}/v1/payments/intent/${String(intent['id'])}/confirm`,
    { client_secret: intent['client_secret'], card: { number, exp_month: 12, exp_year: 2034, cvc: '123' } },
    { 'Idempotency-Key': key },
  )

export const readPayment = (base: string, id: string): Promise<Reply> =>
  ask(`${base}/v1/payments/${id}`, { headers: { 'X-Api-Key': sandboxKey } })
