/**
 * What is derived from the server's own secret and never stored: client secrets, digests of keys and tokens, fingerprints of requests.
 * A plain hash would not do: a request body can hold a card number, and so few digits are found by trying them all.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

export type Secrets = {
  /** The digest under which an API key is stored and found. */
  keyDigest(apiKey: string): string
  /** The digest under which the secret of an OAuth client is stored. */
  oauthSecretDigest(clientId: string, secret: string): string
  /**
   * Whether this is the secret of that OAuth client, compared in constant time; without a digest, for a client that is not
   * there, the answer is no and takes as long.
   */
  isOauthSecret(digest: string | undefined, clientId: string, secret: string): boolean
  /** The digest under which an OAuth token is stored and found. */
  oauthTokenDigest(token: string): string
  /** The fingerprint of a request, for its idempotency key. */
  fingerprint(request: string): string
  /** The client secret of an intent: its id and a signature, made again whenever it is asked for. */
  clientSecret(intentId: string): string
  /** Whether this is the client secret of that intent, compared in constant time. */
  isClientSecret(intentId: string, secret: string): boolean
  /** A new secret that signs webhooks, in the form of the Standard Webhooks specification. */
  newWebhookSecret(): string
  /** A secret as it may be stored: opened again only with the name of whose it is. */
  seal(secret: string, of: string): string
  /** What was sealed under that name; throws where it was changed, or sealed under another one. */
  unseal(sealed: string, of: string): string
}

export function secretsFrom(serverSecret: string): Secrets {
  // Key objects made once: from bytes, `createHmac` makes a new one for every call, which costs more than the digest.
  const keyFor = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', serverSecret, 'fourgeeks-checkout', purpose, 32)))
  const keys = {
    apiKey: keyFor('api-key'),
    oauthSecret: keyFor('oauth-secret'),
    oauthToken: keyFor('oauth-token'),
    fingerprint: keyFor('fingerprint'),
    clientSecret: keyFor('client-secret'),
    seal: keyFor('seal'),
  }
  const hmac = (key: KeyObject, text: string) => createHmac('sha256', key).update(text).digest('base64url')
  const clientSecret = (intentId: string) => `${intentId}_secret_${hmac(keys.clientSecret, intentId)}`
  const oauthSecretDigest = (clientId: string, secret: string) =>
    hmac(keys.oauthSecret, `${clientId.length} ${clientId} ${secret}`)
  const nobodys = oauthSecretDigest('', '')
  return {
    keyDigest: (apiKey) => hmac(keys.apiKey, apiKey),
    oauthSecretDigest,
    isOauthSecret: (digest, clientId, secret) =>
      isSame(oauthSecretDigest(clientId, secret), digest ?? nobodys) && digest !== undefined,
    oauthTokenDigest: (token) => hmac(keys.oauthToken, token),
    fingerprint: (request) => hmac(keys.fingerprint, request),
    clientSecret,
    isClientSecret: (intentId, secret) => isSame(secret, clientSecret(intentId)),
    newWebhookSecret: () => `whsec_${randomBytes(32).toString('base64')}`,
    seal(secret, of) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keys.seal, nonce).setAAD(Buffer.from(of))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
    },
    unseal(sealed, of) {
      const bytes = Buffer.from(sealed, 'base64url')
      const opened = createDecipheriv('aes-256-gcm', keys.seal, bytes.subarray(0, 12))
        .setAAD(Buffer.from(of))
        .setAuthTag(bytes.subarray(12, 28))
      return opened.update(bytes.subarray(28), undefined, 'utf8') + opened.final('utf8')
    },
  }
}

/** Compared in a time that depends on no letter of the right one. */
function isSame(givenText: string, rightText: string): boolean {
  const given = Buffer.from(givenText)
  const right = Buffer.from(rightText)
  return given.length === right.length && timingSafeEqual(given, right)
}
