/** Bytes that every buyer downloads. The README quotes these budgets. */
import { existsSync, readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'

const kB = 1000
const zipped = (...files: string[]) =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0)

beforeAll(() => {
  if (!existsSync('dist/widget/fourgeeks-checkout.js')) throw new Error('Run `npm run build` first')
})

describe('the built files', () => {
  it.each([
    // With the terms of subscriptions, the address that they ask for, and the words for a payment side that is away.
    ['the element as a classic script', 16, ['dist/widget/fourgeeks-checkout.js']],
    ['the element as a module', 16, ['dist/widget/fourgeeks-checkout.mjs']],
    // With the sentence that lets a shop charge a card again.
    ['the card frame, script and look', 14, ['dist/frame/frame.js', 'dist/frame/frame.css']],
  ])('%s: at most %i kB gzip', (_, most, files) => {
    expect(zipped(...files)).toBeLessThanOrEqual(most * kB)
  })

  // As a buyer downloads them: the element's file and the frame's, each compressed by itself.
  it.each(['en', 'es', 'pt'])('the texts in %s: at most 2 kB gzip for element and frame together', (language) => {
    const files = [`dist/widget/text-${language}.json`, `dist/frame/card-${language}.json`]
    expect(zipped(...files)).toBeLessThanOrEqual(2 * kB)
  })

  it('hold no language’s texts but the few words for a payment side that is away', () => {
    const element = readFileSync('dist/widget/fourgeeks-checkout.js', 'utf8')
    const frame = readFileSync('dist/frame/frame.js', 'utf8')
    expect(element).toContain('No logramos conectar con el servicio de pago')
    expect(element).not.toMatch(/Pago recibido|Payment received|Pagamento recebido/)
    expect(frame).not.toMatch(/Número de tarjeta|Card number|Número do cartão/)
  })

  it.each(['en', 'es', 'pt'])(
    'are at most 25 kB brotli in all: what a buyer downloads to a form that can be typed in, in %s',
    (language) => {
      const texts = [`dist/widget/text-${language}.json`, `dist/frame/card-${language}.json`]
      const files = ['dist/widget/fourgeeks-checkout.js', 'dist/frame/frame.js', 'dist/frame/frame.css', ...texts]
      // As the server sends them: brotli at its best.
      const sum = files.reduce((bytes, file) => bytes + brotliCompressSync(readFileSync(file)).length, 0)
      expect(sum).toBeLessThanOrEqual(25 * kB)
    },
  )

  it('keep the drawer of test cards out of what buyers download, and small', () => {
    expect(zipped('dist/drawer/fourgeeks-test-drawer.mjs')).toBeLessThanOrEqual(3 * kB)
    for (const file of ['dist/widget/fourgeeks-checkout.js', 'dist/widget/fourgeeks-checkout.mjs'])
      expect(readFileSync(file, 'utf8')).not.toMatch(/Tarjetas de prueba|generic_decline/)
  })

  it('say which licences they stand on', () => {
    expect(readFileSync('dist/widget/licenses.md', 'utf8')).toContain('lit')
  })

  it('name no card of the table', () => {
    for (const file of [
      'dist/widget/fourgeeks-checkout.js',
      'dist/frame/frame.js',
      'dist/drawer/fourgeeks-test-drawer.mjs',
    ]) {
      expect(readFileSync(file, 'utf8')).not.toMatch(/4000000000000002|5555555555554444/)
    }
  })
})

describe('the lock file', () => {
  it('holds no download address', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toContain('"resolved": "http')
  })
})

describe('package.json', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>

  it.each(['dependencies', 'devDependencies', 'optionalDependencies'])('pins every version of %s', (kind) => {
    for (const [name, version] of Object.entries(manifest[kind]!)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
    }
  })
})
