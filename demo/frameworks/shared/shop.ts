/** What every page here does before any framework: asks the shop's backend for a session. Prices are the backend's business. */

export type Session = { session_id: string; checkout_url: string; reference: string }

/** The payment side's origin, which the shop's server wrote into the page. */
export const payments = document.querySelector<HTMLMetaElement>('meta[name=payments]')!.content

export async function openSession(): Promise<Session> {
  const answer = await fetch('/api/checkout/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ lines: [{ id: 'amanecer', quantity: 1 }], currency: 'CRC', language: 'es' }),
  })
  if (!answer.ok) throw new Error(`The shop has no session for us: ${answer.status}`)
  return (await answer.json()) as Session
}
