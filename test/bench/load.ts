/** A load of ready-made requests over plain sockets: cheap enough that the server, not the client, is what is measured. */
import { connect, type Socket } from 'node:net'

export type Load = {
  port: number
  request: (n: number) => string
  connections: number
  seconds: number
  warmUpSeconds: number
}
export type Measured = { perSecond: number; p50Ms: number; p99Ms: number; answers: number }

/** Keeps so many requests under way and counts the answers; throws at the first answer that is not 2xx. */
export async function run(load: Load): Promise<Measured> {
  let sent = 0
  let counting = false
  const latencies: number[] = []
  const sockets: Socket[] = []
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => (fail = reject))
  failed.catch(() => {})

  for (let n = 0; n < load.connections; n++) {
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true })
    sockets.push(socket)
    let buffer = ''
    let began = 0
    const send = () => {
      began = performance.now()
      socket.write(load.request(sent++))
    }
    socket.setEncoding('latin1')
    socket.on('connect', send)
    socket.on('error', fail)
    socket.on('data', (chunk: string) => {
      buffer += chunk
      const head = buffer.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = /content-length: (\d+)/i.exec(buffer)?.[1]
      if (buffer.length < head + 4 + Number(length ?? 0)) return
      if (buffer.charCodeAt(9) !== 50) return fail(new Error(`Not a 2xx answer: ${buffer.slice(0, 400)}`))
      buffer = ''
      if (counting) latencies.push(performance.now() - began)
      send()
    })
  }
  // The client never sleeps: waking it up would be billed to the server's write, and only to the slower of two servers.
  let spinning = true
  const spin = () => void (spinning && setImmediate(spin))
  spin()
  const wait = (seconds: number) => Promise.race([failed, new Promise((done) => setTimeout(done, seconds * 1000))])
  try {
    await wait(load.warmUpSeconds)
    counting = true
    const began = performance.now()
    await wait(load.seconds)
    const seconds = (performance.now() - began) / 1000
    latencies.sort((a, b) => a - b)
    return {
      perSecond: latencies.length / seconds,
      p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? NaN,
      p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? NaN,
      answers: latencies.length,
    }
  } finally {
    spinning = false
    for (const socket of sockets) socket.destroy()
  }
}

/** The bytes of one request. */
export function request(method: string, path: string, headers: Record<string, string>, body?: string): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`
}
