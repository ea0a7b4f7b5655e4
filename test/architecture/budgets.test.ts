/** Bytes that every buyer downloads. The README quotes these budgets. */
import { existsSync, globSync, readFileSync } from 'node:fs'
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
    // With the terms of subscriptions, in three languages, and the address that they ask for.
    ['the element as a classic script', 16, ['dist/widget/fourgeeks-checkout.js']],
    ['the element as a module', 16, ['dist/widget/fourgeeks-checkout.mjs']],
    // With the sentence that lets a shop charge a card again.
    ['the card frame, script and look', 14, ['dist/frame/frame.js', 'dist/frame/frame.css']],
  ])('%s: at most %i kB gzip', (_, most, files) => {
    expect(zipped(...files)).toBeLessThanOrEqual(most * kB)
  })

  it('are at most 25.5 kB brotli in all: what a buyer downloads to a form that can be typed in', () => {
    // With the texts of one language, where they are files of their own.
    const texts = globSync('dist/{widget/text,frame/card}-es.json')
    const files = ['dist/widget/fourgeeks-checkout.js', 'dist/frame/frame.js', 'dist/frame/frame.css', ...texts]
    // As the server sends them: brotli at its best.
    const sum = files.reduce((bytes, file) => bytes + brotliCompressSync(readFileSync(file)).length, 0)
    expect(sum).toBeLessThanOrEqual(25.5 * kB)
  })

  it('keep the drawer of test cards out of what buyers download, and small', () => {
    expect(zipped('dist/drawer/fourgeeks-test-drawer.mjs')).toBeLessThanOrEqual(3 * kB)
    for (const file of ['dist/widget/fourgeeks-checkout.js', 'dist/widget/fourgeeks-checkout.mjs'])
      expect(readFileSync(file, 'utf8')).not.toMatch(/Tarjetas de prueba|generic_decline/)
  })

  it('say which licences they stand on', () => {
    expect(readFileSync('dist/widget/licenses.md', 'utf8')).toContain('lit')
    expect(readFileSync('dist/frame/licenses.md', 'utf8')).toContain('card-validator')
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
