/** Letters that pass unchanged through addresses, headers and double clicks. Their order is that of their bytes, so texts sort as numbers. */
export const letters62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A whole number in this many letters; what does not fit is cut off on the left. */
export function base62(value: number, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = letters62[rest % 62]! + text
  return text
}

/** The number that these letters are. */
export function fromBase62(text: string): number {
  let value = 0
  for (let n = 0; n < text.length; n++) value = value * 62 + letters62.indexOf(text.charAt(n))
  return value
}
