/**
 * What is derived from the server's own secret and never stored: client secrets, digests of keys, fingerprints of requests.
 * A plain hash would not do: a request body can hold a card number, and so few digits are found by trying them all.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'

export type Secrets = {
  /** The digest under which an API key is stored and found. */
  keyDigest(apiKey: string): string
  /** The fingerprint of a request, for its idempotency key. */
  fingerprint(request: string): string
  /** The client secret of an intent: its id and a signature, made again whenever it is asked for. */
  clientSecret(intentId: string): string
  /** Whether this is the client secret of that intent, compared in constant time. */
  isClientSecret(intentId: string, secret: string): boolean
}

export function secretsFrom(serverSecret: string): Secrets {
  // Key objects made once: from bytes, `createHmac` makes a new one for every call, which costs more than the digest.
  const keyFor = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', serverSecret, 'fourgeeks-checkout', purpose, 32)))
  const keys = {
    apiKey: keyFor('api-key'),
    fingerprint: keyFor('fingerprint'),
    clientSecret: keyFor('client-secret'),
  }
  const hmac = (key: KeyObject, text: string) => createHmac('sha256', key).update(text).digest('base64url')
  const clientSecret = (intentId: string) => `${intentId}_secret_${hmac(keys.clientSecret, intentId)}`
  return {
    keyDigest: (apiKey) => hmac(keys.apiKey, apiKey),
    fingerprint: (request) => hmac(keys.fingerprint, request),
    clientSecret,
    isClientSecret(intentId, secret) {
      const right = Buffer.from(clientSecret(intentId))
      const given = Buffer.from(secret)
      return given.length === right.length && timingSafeEqual(given, right)
    },
  }
}
