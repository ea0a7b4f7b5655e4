/** A short run of `npm run fuzz`, with other requests each time; a failure tells the seed that sends the same again. */
import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { currentFace } from '../fuzz/current.ts'
import { fuzz } from '../fuzz/fuzz.ts'
import { legacyFace } from '../fuzz/legacy.ts'

describe.each([
  ['sqlite', 8000],
  ['postgres', 2500],
] as const)('on %s', (on, most) => {
  it('no request, however odd, makes the server fail, answer what is not documented, or keep what it refused', async () => {
    const seed = randomInt(2 ** 31)
    const { requests, seconds, succeeded } = await fuzz({ face: currentFace, requests: most, seed, on })
    console.log(`fuzz: ${requests} requests with seed ${seed} on ${on} in ${seconds.toFixed(1)} s`)
    // Refused requests alone would prove little.
    for (const operation of ['createSession', 'confirmIntent', 'createRefund', 'createSubscription']) {
      expect(succeeded.get(operation), operation).toBeGreaterThan(2)
    }
  }, 120_000)
})

describe.each([
  ['sqlite', 3000],
  ['postgres', 1000],
] as const)('the legacy API on %s', (on, most) => {
  it('takes whatever is sent in any form, and neither fails, nor keeps what it refused, nor a card', async () => {
    const seed = randomInt(2 ** 31)
    const { requests, seconds, succeeded } = await fuzz({ face: legacyFace, requests: most, seed, on })
    console.log(`fuzz --face legacy: ${requests} requests with seed ${seed} on ${on} in ${seconds.toFixed(1)} s`)
    for (const operation of ['create customers', 'createCharge', 'createSimpleCharge', 'createRefund']) {
      expect(succeeded.get(operation), operation).toBeGreaterThan(2)
    }
  }, 120_000)
})
