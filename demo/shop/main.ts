/** Starts the demo shop: the only file of it with a clock, randomness and the environment. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { createShop } from './app.ts'
import { BadSetting, readShopSettings, type ShopSettings } from './settings.ts'

const built = new URL('../../dist/shop/', import.meta.url)

function stop(line: string): never {
  console.error(`shop: ${line}`)
  process.exit(1)
}

function settings(): ShopSettings {
  try {
    return readShopSettings(process.env)
  } catch (error) {
    if (error instanceof BadSetting) stop(error.message)
    throw error
  }
}

if (existsSync('.env')) process.loadEnvFile('.env')
const { port, host, shopUrl, api, apiKey } = settings()
if (!existsSync(new URL('shop.js', built))) stop('the page is not built yet; run `npm run build` first')

const app = createShop({
  api,
  apiKey,
  shopUrl,
  built,
  host,
  now: () => new Date(),
  newId: () => randomBytes(18).toString('base64url'),
  onTrouble: (trouble) => console.error(`shop: ${trouble.message}`),
})

/** Both sides of the demonstration start at once: the other one may need a moment. */
async function listen(): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      return await app.listen()
    } catch (error) {
      if (left === 0)
        return console.error(`shop: no webhooks, orders are paid when buyers come back (${(error as Error).message})`)
      await new Promise((done) => setTimeout(done, 500))
    }
  }
}

const server = serve({ fetch: app.fetch, port, hostname: host }, () => {
  console.log(`shop: ${shopUrl}`)
  void listen()
})
server.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE') stop(`port ${port} is in use; set SHOP_PORT to another one`)
  stop(`cannot listen on ${host}:${port} (${error.code ?? 'unknown reason'})`)
})

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    server.close(() => process.exit(0))
    if ('closeIdleConnections' in server) server.closeIdleConnections()
    setTimeout(() => process.exit(0), 3_000).unref()
  })
}
