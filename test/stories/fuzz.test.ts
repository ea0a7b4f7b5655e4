/** A short run of `npm run fuzz`, with other requests each time; a failure tells the seed that sends the same again. */
import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fuzz } from '../fuzz/fuzz.ts'

describe.each([
  ['sqlite', 8000],
  ['postgres', 2500],
] as const)('on %s', (on, most) => {
  it('no request, however odd, makes the server fail, answer what is not documented, or keep what it refused', async () => {
    const seed = randomInt(2 ** 31)
    const { requests, seconds, succeeded } = await fuzz({ requests: most, seed, on })
    console.log(`fuzz: ${requests} requests with seed ${seed} on ${on} in ${seconds.toFixed(1)} s`)
    // Refused requests alone would prove little.
    for (const operation of ['createSession', 'confirmIntent', 'createRefund', 'createSubscription']) {
      expect(succeeded.get(operation), operation).toBeGreaterThan(10)
    }
  }, 120_000)
})
