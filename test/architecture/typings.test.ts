/** What the types of the package let pass, and what they stop, in each framework's markup. */
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

// Where a shop's own files would find the package and the frameworks.
const folder = 'demo/frameworks/node_modules/.typings'

/** Each line that must be stopped ends in `// no: ` and a word of the reason. */
const files: Record<string, string> = {
  'html.ts': `
import { FourgeeksCheckout, type CheckoutEvents } from 'fourgeeks-checkout'
const checkout = document.createElement('fourgeeks-checkout')
checkout.sessionId = 'cs_test_1'
checkout.submit()
checkout.sessionId = 1 // no: number
checkout.addEventListener('checkout-paid', (event) => event.payment?.startsWith('pay_'))
checkout.addEventListener('checkout-change', ({ complete }) => complete === true)
checkout.addEventListener('checkout-change', ({ payment }) => payment) // no: payment
document.addEventListener('checkout-declined', (event) => (event as CheckoutEvents['checkout-declined']).declineCode)
class Own extends FourgeeksCheckout {}
customElements.define('own-checkout', Own)
`,
  'react.tsx': `
import 'fourgeeks-checkout/react'
export const good = (
  <fourgeeks-checkout api="https://pay.example" session-id="cs_1" color-scheme="dark" id="pay"
    oncheckout-paid={(event) => event.preventDefault()}
    oncheckout-declined={({ declineCode }) => declineCode === 'insufficient_funds'}>
    <a href="https://pay.example">Pagar</a>
  </fourgeeks-checkout>
)
export const scheme = <fourgeeks-checkout color-scheme="blue" /> // no: blue
export const unknown = <fourgeeks-checkout onCheckoutPaid={() => {}} /> // no: onCheckoutPaid
export const reads = <fourgeeks-checkout oncheckout-change={({ payment }) => payment} /> // no: payment
`,
  'svelte.ts': `
import 'fourgeeks-checkout/svelte'
import type { SvelteHTMLElements } from 'svelte/elements'
type Tag = SvelteHTMLElements['fourgeeks-checkout']
export const good: Tag = { 'session-id': 'cs_1', 'oncheckout-paid': (event) => event.preventDefault(), class: 'pay' }
export const scheme: Tag = { 'color-scheme': 'blue' } // no: blue
export const reads: Tag = { 'oncheckout-change': ({ payment }) => payment } // no: payment
`,
  'vue.ts': `
import 'fourgeeks-checkout/vue'
import type { GlobalComponents } from 'vue'
type Props = InstanceType<GlobalComponents['fourgeeks-checkout']>['$props']
export const good: Props = { 'session-id': 'cs_1', onCheckoutPaid: (event) => event.preventDefault(), class: 'pay' }
export const scheme: Props = { 'color-scheme': 'blue' } // no: blue
export const reads: Props = { onCheckoutChange: ({ payment }) => payment } // no: payment
`,
}

let told: string
beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  // Without skipLibCheck: the package's own declarations have to hold as well.
  const compilerOptions = { skipLibCheck: false, noEmit: true, types: [] }
  const config = { extends: '../../tsconfig.json', compilerOptions, files: Object.keys(files) }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = ['node_modules/typescript/bin/tsc', '-p', folder, '--pretty', 'false']
  told = await promisify(execFile)(process.execPath, tsc).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each(Object.entries(files))('%s: stops each mistake, and nothing else', (name, text) => {
  const expected = text.split('\n').flatMap((line, at) => {
    const reason = / \/\/ no: (\S+)$/.exec(line)?.[1]
    return reason === undefined ? [] : [{ line: at + 1, reason }]
  })
  const place = `${relative('.', join(folder, name))}(`
  const found = told.split('\n').filter((line) => line.startsWith(place))
  expect(found.map((line) => Number(line.slice(place.length).split(',')[0]))).toEqual(expected.map(({ line }) => line))
  for (const [at, { reason }] of expected.entries()) expect(found[at]).toContain(reason)
})

it('stops nothing in the declarations of the package itself', () => {
  expect(told.split('\n').filter((line) => line.includes('fourgeeks-checkout/types'))).toEqual([])
})
