/** The words spoken across the frame's border have no place for a card number or a code. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('no message of the channel has a field that could carry a digit of a card', () => {
  const source = readFileSync('widget/channel.ts', 'utf8')
  const types = source.slice(source.indexOf('export type FromFrame'))
  const union = types.slice(0, types.indexOf('\n\n'))
  expect(union).toContain("type: 'paid'")
  expect(union).not.toMatch(/\b(number|cvc|cvv|pan|digits?|last4|expiry|exp_?month|value|text|message)\b\s*[?:]/i)
})
