/** How a webhook is signed: by the specification's own reference library, or in the older form of one header. Semantics B6. */
import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { SignatureForm } from '../contract/resources.ts'

/** The headers that prove who sent a body, and when. `secrets` are those that count now, the newest first. */
export function signatureHeaders(
  form: SignatureForm,
  { id, at, body, secrets }: { id: string; at: Date; body: string; secrets: readonly string[] },
): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000)
  const common = { 'webhook-id': id, 'webhook-timestamp': String(seconds) }
  if (form === 'standard') {
    const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body))
    return { ...common, 'webhook-signature': signatures.join(' ') }
  }
  // The secret counts as it is written, prefix and all: so do the libraries that read this form.
  const signatures = secrets.map((secret) => createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'))
  return { ...common, 'x-signature': [`t=${seconds}`, ...signatures.map((one) => `v1=${one}`)].join(',') }
}
