import type { Say } from './problem.ts'

const loopback = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether a host name means this machine itself. */
export const isLoopback = (hostname: string): boolean => loopback.test(hostname)

/**
 * Reads an address that a buyer's browser will be sent to, or says what is wrong with it. Semantics B4: read once with the
 * WHATWG parser; https only, or http on a loopback host for test data; no credentials, no control characters.
 */
export function readAddress(text: string, { live }: { live: boolean }): { href: string } | { fault: Say } {
  const wanted: Say = live
    ? { en: 'must be an https address', es: 'debe ser una dirección https' }
    : {
        en: 'must be an https address (or http on localhost in test mode), such as "https://shop.example/thanks"',
        es: 'debe ser una dirección https (o http en localhost en modo de prueba), como "https://tienda.example/gracias"',
      }
  const address = URL.parse(text)
  if (text.length > 2048 || (address && address.href.length > 2048)) {
    return { fault: { en: 'is longer than 2048 characters', es: 'tiene más de 2048 caracteres' } }
  }
  if (/[\p{Cc}\s]/u.test(text)) {
    return { fault: { en: 'holds a space or a control character', es: 'contiene un espacio o un carácter de control' } }
  }
  if (!address) return { fault: wanted }
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && !live && isLoopback(address.hostname))) {
    return { fault: wanted }
  }
  if (address.username !== '' || address.password !== '') {
    return { fault: { en: 'must not hold a user name or password', es: 'no debe llevar usuario ni contraseña' } }
  }
  return { href: address.href }
}
