/** What a shop pinned stays: the published folder after one build and the next. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { publishElement } from '../../tools/publish.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'))
  mkdirSync(join(folder, 'built'))
  write('fourgeeks-checkout.js', 'one')
  write('licenses.md', 'Lit: BSD-3-Clause')
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (file: string, text: string) => writeFileSync(join(folder, 'built', file), text)
const publish = () => publishElement([join(folder, 'built')], join(folder, 'element'))
const kept = () => readdirSync(join(folder, 'element')).toSorted()

it('names a build by its content: the same again is the same address', async () => {
  const first = await publish()
  expect(await publish()).toEqual(first)
  expect(kept()).toEqual([first.build, 'manifest.json'].toSorted())
  expect(first.files['fourgeeks-checkout.js']!.path).toBe(`/element/${first.build}/fourgeeks-checkout.js`)
  expect(Object.keys(first.files)).toEqual(['fourgeeks-checkout.js'])
  const inside = readdirSync(join(folder, 'element', first.build)).toSorted()
  expect(inside).toEqual(['fourgeeks-checkout.js', 'licenses.md', 'manifest.json'])
})

it('gives another content another address, and takes the one before of the same version away', async () => {
  const first = await publish()
  write('fourgeeks-checkout.js', 'two')
  const second = await publish()
  expect(second.build).not.toBe(first.build)
  expect(kept()).toEqual([second.build, 'manifest.json'].toSorted())
  expect(JSON.parse(readFileSync(join(folder, 'element/manifest.json'), 'utf8'))).toEqual(second)
})

it('leaves the builds of other versions where they are', async () => {
  const older = join(folder, 'element', '0.0.9-0123456789')
  mkdirSync(older, { recursive: true })
  writeFileSync(join(older, 'fourgeeks-checkout.js'), 'old')
  const { build } = await publish()
  expect(kept()).toEqual(['0.0.9-0123456789', build, 'manifest.json'].toSorted())
  expect(readFileSync(join(older, 'fourgeeks-checkout.js'), 'utf8')).toBe('old')
})
