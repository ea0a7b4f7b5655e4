/** The shop's settings, read once from the environment. Every one has a default that works. */

export type ShopSettings = { port: number; host: string; shopUrl: string; api: string; apiKey: string }

/** A setting that cannot be used; the message names it and fits one line. */
export class BadSetting extends Error {}

export function readShopSettings(env: Record<string, string | undefined>): ShopSettings {
  const port = readPort('SHOP_PORT', env['SHOP_PORT'], 4243)
  return {
    port,
    host: env['HOST'] || '127.0.0.1',
    shopUrl: readOrigin('SHOP_URL', env['SHOP_URL'], `http://localhost:${port}`),
    api: readOrigin('PAYMENTS_API', env['PAYMENTS_API'], 'http://localhost:4242'),
    apiKey: readKey('SANDBOX_API_KEY', env['SANDBOX_API_KEY'], 'sk_test_sandbox'),
  }
}

export function readPort(name: string, text: string | undefined, otherwise: number): number {
  if (!text) return otherwise
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65_535)
    throw new BadSetting(`${name} must be a port between 1 and 65535, not "${text}"`)
  return Number(text)
}

function readOrigin(name: string, text: string | undefined, otherwise: string): string {
  const url = URL.parse(text || otherwise)
  const fits =
    url &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash
  if (!fits) throw new BadSetting(`${name} must be an origin such as ${otherwise}, not "${text}"`)
  return url.origin
}

function readKey(name: string, text: string | undefined, otherwise: string): string {
  if (!text) return otherwise
  if (!/^[\x21-\x7e]{1,200}$/.test(text)) throw new BadSetting(`${name} must be printable characters without spaces`)
  return text
}
