/** A network between browser and payment side that loses what it is told to lose. Bytes, not mocks: what is gone is gone. */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const wires = ['lost before', 'lost after', '500 before', '500 after'] as const
/** What happens to a request: before or after the payment side has heard it. */
export type Wire = (typeof wires)[number]

export type BadNetwork = {
  url: string
  /** Where the payment side is, once it is there. */
  leadTo(url: string): void
  close(): Promise<void>
}

/** `faultOf` is asked about every request once. */
export async function openBadNetwork(faultOf: (method: string, path: string) => Wire | undefined): Promise<BadNetwork> {
  // A kept connection may end the moment that it is used: whoever asks would hear of a loss that nobody planned.
  const agent = new Agent({ keepAlive: false })
  let target = ''

  const forward = (asked: IncomingMessage, body: Buffer) =>
    new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((done, failed) => {
      const forwarded = request(
        new URL(asked.url ?? '/', target),
        { method: asked.method, headers: asked.headers, agent },
        (reply) => {
          bytesOf(reply).then(
            (all) => done({ status: reply.statusCode ?? 500, headers: reply.headers, body: all }),
            failed,
          )
        },
      )
      forwarded.on('error', failed)
      forwarded.end(body)
    })

  const answer = async (asked: IncomingMessage, reply: ServerResponse) => {
    const body = await bytesOf(asked)
    const fault = faultOf(asked.method ?? '', (asked.url ?? '').split('?')[0]!)
    const heard = fault?.endsWith('before') ? undefined : await forward(asked, body)
    if (fault?.startsWith('lost')) return void asked.socket.destroy()
    // A browser sends again by itself what is lost on a connection that was used before.
    if (fault || !heard) return void reply.writeHead(500, { connection: 'close' }).end('{}')
    reply.writeHead(heard.status, { ...heard.headers, connection: 'close' }).end(heard.body)
  }

  const server = createServer((asked, reply) => {
    // Who hung up, or a payment side that is gone: the browser is told as little as by any network.
    answer(asked, reply).catch(() => asked.socket.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    leadTo: (url) => void (target = url),
    async close() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
