/**
 * The built scripts and styles, compressed once. Those of our own pages have names that carry their hash; the element has a short name
 * that is kept for minutes, and `/element/<version>-<hash>/`, which is kept for ever and stays when newer ones come.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { Hono } from 'hono'

type Asset = {
  /** Path with the content's hash in it: may be kept for ever. */
  path: string
  /** For the `integrity` attribute. */
  integrity: string
  type: string
  /** The body in each encoding, made when first asked for. */
  encoded: Map<string, Promise<Uint8Array<ArrayBuffer>>>
  body: Uint8Array<ArrayBuffer>
}

/** Where the build left each file that pages of the payment side load. */
const files = {
  'fourgeeks-checkout.js': 'widget/fourgeeks-checkout.js',
  'fourgeeks-checkout.mjs': 'widget/fourgeeks-checkout.mjs',
  'text-en.json': 'widget/text-en.json',
  'text-es.json': 'widget/text-es.json',
  'text-pt.json': 'widget/text-pt.json',
  'fourgeeks-test-drawer.mjs': 'drawer/fourgeeks-test-drawer.mjs',
  'frame.js': 'frame/frame.js',
  'frame.css': 'frame/frame.css',
  'card-en.json': 'frame/card-en.json',
  'card-es.json': 'frame/card-es.json',
  'card-pt.json': 'frame/card-pt.json',
  'reference.js': 'reference/reference.js',
  'reference.css': 'reference/reference.css',
  'scalar.js': 'reference/scalar.js',
  'console.js': 'console/console.js',
  'console.css': 'console/console.css',
} as const

export type AssetName = keyof typeof files

export type Assets = { find(name: AssetName): Promise<Asset>; routes(): Hono }

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
}

/** Reads the files of a build folder when they are first asked for. */
export function openAssets(folder: URL): Assets {
  const loaded = new Map<AssetName, Promise<Asset>>()
  const find = (name: AssetName) => {
    let asset = loaded.get(name)
    if (!asset) {
      asset = load(new URL(files[name], folder), name)
      loaded.set(name, asset)
      // A build that comes later is found by the next request.
      asset.catch(() => loaded.delete(name))
    }
    return asset
  }
  const published = (path: string) => load(new URL(`element/${path}`, folder), path).catch(absent)
  return { find, routes: () => routes(find, published) }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function load(file: URL, name: string): Promise<Asset> {
  const body = Uint8Array.from(await readFile(file))
  const hash = createHash('sha384').update(body).digest()
  const extension = extname(name)
  return {
    path: `/assets/${name.slice(0, -extension.length)}-${hash.toString('hex').slice(0, 16)}${extension}`,
    integrity: `sha384-${hash.toString('base64')}`,
    type: types[extension] ?? 'application/octet-stream',
    encoded: new Map(),
    body,
  }
}

/** The best compression of a body this large takes ten seconds; the next one takes one, and adds a tenth to the size. */
const large = 1024 * 1024

const compress: Record<string, (body: Uint8Array) => Promise<Buffer>> = {
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: body.length > large ? 9 : 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body) => promisify(gzip)(body, { level: 9 }),
}

/** For ever, wherever the content stands in the address. */
const forEver = 'public, max-age=31536000, immutable'
const forMinutes = 'public, max-age=300'

function routes(
  find: (name: AssetName) => Promise<Asset>,
  published: (path: string) => Promise<Asset | undefined>,
): Hono {
  const app = new Hono()
  const answer = async (asset: Asset, accepted: string, cache: string) => {
    const encoding = ['br', 'gzip'].find((name) => accepted.includes(name))
    let body = asset.body
    if (encoding !== undefined) {
      let encoded = asset.encoded.get(encoding)
      if (!encoded) {
        encoded = compress[encoding]!(asset.body).then((bytes) => Uint8Array.from(bytes))
        asset.encoded.set(encoding, encoded)
      }
      body = await encoded
    }
    return new Response(body, {
      headers: {
        'Content-Type': asset.type,
        'Cache-Control': cache,
        Vary: 'Accept-Encoding',
        // Scripts are public: shops check them with an integrity hash, which needs a readable answer.
        'Access-Control-Allow-Origin': '*',
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'X-Content-Type-Options': 'nosniff',
        ...(encoding !== undefined && { 'Content-Encoding': encoding }),
      },
    })
  }
  app.get('/assets/:file', async (c) => {
    // Only the file that the address names is read: others may not have been built.
    const name = c.req.param('file').replace(/-[0-9a-f]{16}(?=\.\w+$)/, '') as AssetName
    const asset = Object.hasOwn(files, name) ? await find(name) : undefined
    const isAsked = asset?.path === c.req.path
    // A page that was opened before an update asks for the texts of then; those of now are better than none.
    if (!asset || !(isAsked || name.startsWith('text-'))) return c.notFound()
    return answer(asset, c.req.header('accept-encoding') ?? '', isAsked ? forEver : forMinutes)
  })
  const kept = new Map<string, Asset>()
  app.get('/element/:build/:file', async (c) => {
    const { build, file } = c.req.param()
    if (!/^\d[\w.-]*$/.test(build) || !/^[\w-]+\.(m?js|json|md)$/.test(file)) return c.notFound()
    const path = `${build}/${file}`
    const asset = kept.get(path) ?? (await published(path))
    if (!asset) return c.notFound()
    kept.set(path, asset)
    return answer(asset, c.req.header('accept-encoding') ?? '', forEver)
  })
  app.get('/element/manifest.json', async (c) => {
    const asset = await published('manifest.json')
    return asset ? answer(asset, c.req.header('accept-encoding') ?? '', forMinutes) : c.notFound()
  })
  for (const name of ['fourgeeks-checkout.js', 'fourgeeks-checkout.mjs', 'fourgeeks-test-drawer.mjs'] as const) {
    app.get(`/${name}`, async (c) => {
      const asset = await find(name)
      const tag = `"${asset.integrity}"`
      if (c.req.header('if-none-match')?.includes(tag)) return c.body(null, 304, { ETag: tag })
      const response = await answer(asset, c.req.header('accept-encoding') ?? '', forMinutes)
      response.headers.set('ETag', tag)
      return response
    })
  }
  return app
}
