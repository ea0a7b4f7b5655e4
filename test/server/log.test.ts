import { describe, expect, it } from 'vitest'
import { openLog, scrub } from '../../server/log.ts'

describe('scrub()', () => {
  it.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    '4242.4242.4242.4242',
    '４２４２４２４２４２４２４２４２',
    '378282246310005',
    '3782 822463 10005',
    '36227206271667',
    '6205500000000000004',
    '{"number":"4000000000000002"}',
  ])('takes the card number out of %s', (text) => {
    expect(scrub(`before ${text} after`)).toMatch(/before .*\[redacted\].* after/)
    expect(scrub(text).normalize('NFKC').replace(/\D/g, '').length).toBeLessThan(13)
  })

  it.each(['1234567890123', '2026-11-20T12:00:00.000Z', 'pay_0VbYjpPEd9Bu27ed2RUR9pRF3OwqH2Y3UlW', '"ms":12.5'])(
    'leaves %s alone',
    (text) => {
      expect(scrub(text)).toBe(text)
    },
  )

  it.each(['sk_test_sandbox', 'sk_live_abcDEF123', 'pi_123abc_secret_XyZ-09', 'whsec_abc'])(
    'takes the secret %s out',
    (secret) => {
      expect(scrub(`key ${secret}.`)).not.toContain(secret)
    },
  )
})

describe('openLog()', () => {
  const logged = (write: (log: ReturnType<typeof openLog>) => void) => {
    const lines: string[] = []
    write(openLog('debug', { write: (line) => void lines.push(line) }))
    return lines.join('')
  }

  it('scrubs errors, their stacks and everything beside them', () => {
    const text = logged((log) =>
      log.error(
        { err: new Error('card 4242 4242 4242 4242'), deep: { note: 'sk_test_sandbox' } },
        'for 378282246310005',
      ),
    )
    expect(text).not.toMatch(/4242 4242|378282246310005|sk_test_sandbox/)
    expect(text).toContain('[redacted]')
  })

  it('leaves out whole objects that could hold a card', () => {
    const text = logged((log) => log.warn({ card: { cvc: '123' }, request: { card: '12' }, cvc: '987' }, 'odd'))
    expect(text).not.toMatch(/"123"|"12"|987/)
  })
})
