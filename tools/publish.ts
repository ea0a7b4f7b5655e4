/** Puts the built element where its address never changes: a folder named by its version and its content. */
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type PublishedFile = { path: string; integrity: string; bytes: number }
/** `manifest.json`, beside the files and for the newest build one folder above. */
export type Published = { name: string; version: string; build: string; files: Record<string, PublishedFile> }

/**
 * Copies the element's scripts to `dist/element/<version>-<hash>/` with their hashes. Folders of other versions stay, so that a shop
 * that pinned one keeps it; another build of the same version takes the place of the one before.
 */
export async function publishElement(from = ['dist/widget', 'dist/drawer'], to = 'dist/element'): Promise<Published> {
  const { name, version } = JSON.parse(await readFile('package.json', 'utf8')) as { name: string; version: string }
  const found = await Promise.all(
    from.map(async (folder) => (await readdir(folder)).map((file) => ({ file, at: join(folder, file) }))),
  )
  const scripts = found
    .flat()
    .filter(({ file }) => /\.m?js$/.test(file))
    .toSorted((a, b) => (a.file < b.file ? -1 : 1))
  const all = createHash('sha256')
  const files: [string, Omit<PublishedFile, 'path'>][] = []
  for (const { file, at } of scripts) {
    const body = await readFile(at)
    all.update(`${file} ${body.length} `).update(body)
    const integrity = `sha384-${createHash('sha384').update(body).digest('base64')}`
    files.push([file, { integrity, bytes: body.length }])
  }
  const build = `${version}-${all.digest('hex').slice(0, 10)}`
  const published: Published = {
    name,
    version,
    build,
    files: Object.fromEntries(files.map(([file, more]) => [file, { path: `/element/${build}/${file}`, ...more }])),
  }
  const folder = join(to, build)
  await mkdir(folder, { recursive: true })
  const sameVersion = new RegExp(`^${version.replaceAll('.', '\\.')}-[0-9a-f]{10}$`)
  for (const old of await readdir(to)) {
    if (old !== build && sameVersion.test(old)) await rm(join(to, old), { recursive: true })
  }
  for (const { file, at } of scripts) await cp(at, join(folder, file))
  // What the bundled libraries ask of whoever passes them on.
  await cp(join(from[0]!, 'licenses.md'), join(folder, 'licenses.md'))
  const text = `${JSON.stringify(published, null, 2)}\n`
  await Promise.all([folder, to].map((place) => writeFile(join(place, 'manifest.json'), text)))
  return published
}
