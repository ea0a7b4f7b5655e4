/**
 * Events on their way to receivers that often fail, from a server that is killed without warning, again and again. At the end
 * every event has arrived, each time with the same id and the same bytes, and every signature was right. Semantics A17 and C.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import type { EventView } from '../../server/contract/events.ts'
import type { Db } from '../../server/store/schema.ts'
import { type Part, sandboxKey, startPayments } from '../support/servers.ts'
import { Finding } from './finding.ts'
import { type Random, randomFrom } from './random.ts'

export type WantedWebhooks = {
  events: number
  kills: number
  seed: number
  databaseUrl: string
  /** The same database, for whoever checks it, and lets time pass in it: asked for when no server is writing. */
  open: () => { db: Db; close(): Promise<void> }
  script?: string
  progress?: (line: string) => void
  stopped?: () => boolean
}

export type WebhooksReport = {
  events: number
  kills: number
  /** How many requests the receiver got, how many it failed, and how many brought what it had taken before. */
  requests: number
  failed: number
  duplicates: number
  seconds: number
  stopped: boolean
}

/** How often the receiver fails. */
const failing = 0.3
const atOnce = 16

export async function tortureWebhooks(wanted: WantedWebhooks): Promise<WebhooksReport> {
  const { events, seed, progress = () => {}, stopped = () => false } = wanted
  const random = randomFrom(seed)
  const printed: string[] = []
  const env = { DATABASE_URL: wanted.databaseUrl, NODE_ENV: 'development' }
  const server = await startPayments(env, wanted.script, (chunk) => {
    printed.push(...chunk.toString().split('\n').filter(Boolean))
  })
  const receiver = await openReceiver(random)
  const began = performance.now()
  let kills = 0
  try {
    // One that takes whatever it is told to fail, one that never answers: the second must not delay the first.
    receiver.secret = await listen(server, `${receiver.url}/shop`)
    await listen(server, `${receiver.url}/silent`)
    const made = { count: 0 }
    const making = makeEvents(server, events, made, stopped)
    const perKill = Math.max(1, Math.floor(events / (wanted.kills + 1)))
    for (let n = 1; n <= wanted.kills && !stopped(); n++) {
      while (made.count < n * perKill && !stopped()) await sleep(5)
      await sleep(random.next() * 300)
      await server.kill()
      kills++
      await letTimePass(wanted)
      await server.start()
      if (n % 5 === 0) progress(`${kills} kills, ${made.count} events made, ${receiver.taken.size} taken`)
    }
    await making
    // What the receiver failed last comes again, as if the schedule's hours went by.
    for (let rounds = 0; receiver.taken.size < made.count && !stopped(); rounds++) {
      if (rounds > 40) throw new Finding(`seed ${seed}: ${made.count - receiver.taken.size} events never arrived`)
      await settled(receiver)
      if (receiver.taken.size >= made.count) break
      await server.kill()
      await letTimePass(wanted)
      await server.start()
    }
    await server.stop()
    await check(wanted, receiver, made.count)
    const errors = printed.filter((line) => /"level":[56]0/.test(line))
    if (errors.length > 0) throw new Finding(`seed ${seed}: the server complained\n${errors.slice(0, 5).join('\n')}`)
    return {
      events: made.count,
      kills,
      requests: receiver.requests,
      failed: receiver.failed,
      duplicates: receiver.duplicates,
      seconds: (performance.now() - began) / 1000,
      stopped: stopped(),
    }
  } finally {
    await server.kill()
    await receiver.close()
  }
}

type Receiver = {
  url: string
  secret: string
  /** The body of each event that was taken, by its id. */
  taken: Map<string, string>
  faults: string[]
  requests: number
  failed: number
  duplicates: number
  close(): Promise<void>
}

async function openReceiver(random: Random): Promise<Receiver> {
  const seen = new Map<string, string>()
  const receiver: Receiver = {
    url: '',
    secret: '',
    taken: new Map(),
    faults: [],
    requests: 0,
    failed: 0,
    duplicates: 0,
    close: () => Promise.resolve(),
  }
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part as string
    if (request.url === '/silent') return
    receiver.requests++
    const id = String(request.headers['webhook-id'])
    try {
      new Webhook(receiver.secret).verify(body, request.headers as Record<string, string>)
    } catch (error) {
      receiver.faults.push(`${id}: ${(error as Error).message}`)
    }
    const before = seen.get(id)
    if (before !== undefined && before !== body) receiver.faults.push(`${id} came with other bytes`)
    seen.set(id, body)
    if (random.next() < failing) {
      receiver.failed++
      if (random.next() < 0.5) request.socket.destroy()
      else response.writeHead([500, 503, 404, 302][random.below(4)]!).end('no')
      return
    }
    if (receiver.taken.has(id)) receiver.duplicates++
    receiver.taken.set(id, body)
    response.writeHead(204).end()
  }
  const server: Server = createServer((request, response) => {
    // Whoever was killed in the middle of a request has sent half of it.
    hear(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  receiver.url = `http://localhost:${(server.address() as AddressInfo).port}`
  receiver.close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return receiver
}

async function listen(server: Part, url: string): Promise<string> {
  const made = await ask(server, '/v1/webhook-endpoints', { url, events: ['customer.created'] }, url)
  return made['secret'] as string
}

/** Customers: each is one event. The same request until it is answered, however often the server dies. */
async function makeEvents(
  server: Part,
  events: number,
  made: { count: number },
  stopped: () => boolean,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let n = next++; n < events && !stopped(); n = next++) {
        await ask(server, '/v1/customers', { email: `ana${n}@example.com` }, `customer ${n}`)
        made.count++
      }
    }),
  )
}

async function ask(server: Part, path: string, body: object, key: string): Promise<Record<string, unknown>> {
  for (;;) {
    try {
      const answer = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'X-Api-Key': sandboxKey, 'Content-Type': 'application/json', 'Idempotency-Key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      })
      const told = (await answer.json()) as Record<string, unknown>
      if (answer.ok) return told
      if (answer.status !== 409 && answer.status < 500) throw new Finding(`${path} answered ${JSON.stringify(told)}`)
    } catch (error) {
      if (error instanceof Finding) throw error
    }
    await sleep(20)
  }
}

/** Nothing has arrived for a while: what is left waits for its hour. */
async function settled(receiver: Receiver): Promise<void> {
  for (let before = -1; before !== receiver.requests;) {
    before = receiver.requests
    await sleep(700)
  }
}

/** While no server runs, the hours of the schedule and the half minutes of leases go by. */
async function letTimePass({ open }: WantedWebhooks): Promise<void> {
  const { db, close } = open()
  await db
    .updateTable('webhook_deliveries')
    .set({ next_attempt_at: '2000-01-01T00:00:00.000Z', leased_until: null })
    .where('status', '=', 'pending')
    .execute()
  await close()
}

async function check({ open, seed }: WantedWebhooks, receiver: Receiver, made: number): Promise<void> {
  const { db, close } = open()
  try {
    const faults = [...receiver.faults]
    const rows = await db.selectFrom('events').selectAll().where('type', '=', 'customer.created').execute()
    if (rows.length !== made) faults.push(`${rows.length} events for ${made} customers`)
    for (const row of rows) {
      const body = receiver.taken.get(row.id)
      const told = body === undefined ? undefined : (JSON.parse(body) as EventView)
      if (told?.object_id !== row.object_id || told.version !== row.version)
        faults.push(`${row.id} did not arrive as it is`)
    }
    const left = await db
      .selectFrom('webhook_deliveries')
      .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'webhook_deliveries.endpoint_id')
      .select(['webhook_deliveries.id', 'webhook_deliveries.status'])
      .where('webhook_endpoints.url', 'like', '%/shop')
      .where('webhook_deliveries.status', '<>', 'succeeded')
      .execute()
    // The receiver may have taken one whose answer nobody heard any more: it waits for its next try.
    for (const one of left) if (one.status !== 'pending') faults.push(`${one.id} is ${one.status}`)
    if (faults.length > 0) throw new Finding(`seed ${seed}: ${faults.slice(0, 10).join('\n')}`)
  } finally {
    await close()
  }
}
