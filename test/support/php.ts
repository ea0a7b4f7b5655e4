/**
 * `php FILE`, from a package: PHP 8.3 as WebAssembly, with its curl extension, so that a shop's PHP runs where no PHP is
 * installed. It sees the files that lie beside FILE and the environment; sockets reach this machine alone.
 */
import { EventEmitter } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { connect, type Socket } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { getPHPLoaderModule } from '@php-wasm/node-8-3'
import { loadPHPRuntime, PHP } from '@php-wasm/universal'

/** What PHP's sockets are made of: the runtime speaks to something like a WebSocket, and this one is plain TCP. */
class TcpSocket extends EventEmitter {
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readyState = 0
  #tcp: Socket

  constructor(url: string) {
    super()
    const { hostname, port } = new URL(url)
    if (!/^(localhost|127\.\d+\.\d+\.\d+)$/.test(hostname)) throw new Error(`${hostname} is not this machine`)
    this.#tcp = connect(Number(port), hostname)
    this.#tcp.on('connect', () => this.#become(this.OPEN, 'open'))
    this.#tcp.on('data', (bytes) => this.emit('message', bytes, true))
    this.#tcp.on('error', (error) => this.emit('error', error))
    this.#tcp.on('close', () => this.#become(this.CLOSED, 'close'))
  }

  #become(state: number, name: string): void {
    this.readyState = state
    this.emit(name)
  }

  send(bytes: ArrayBuffer): void {
    this.#tcp.write(new Uint8Array(bytes))
  }

  close(): void {
    this.readyState = this.CLOSING
    this.#tcp.end()
  }

  addEventListener(name: string, listener: () => void): void {
    this.on(name, listener)
  }

  removeEventListener(name: string, listener: () => void): void {
    this.off(name, listener)
  }
}

// The runtime asks for the package `ws`, which it does not bring, only to hand it to `decorator` below.
registerHooks({
  resolve: (name, context, next) => (name === 'ws' ? next('node:events', context) : next(name, context)),
})

const file = process.argv[2]
if (file === undefined) throw new Error('php FILE')
const websocket = {
  url: (_: unknown, host: string, port: number) => `ws://${host}:${port}`,
  decorator: () => TcpSocket,
}
const php = new PHP(await loadPHPRuntime(await getPHPLoaderModule(), { websocket }))
for (const one of readdirSync(dirname(file), { withFileTypes: true })) {
  if (one.isFile()) php.writeFile(`/${one.name}`, readFileSync(join(dirname(file), one.name)))
}
const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
const run = await php.cli(['php', '-d', 'display_errors=stderr', '-d', 'log_errors=0', `/${basename(file)}`], { env })
const print = (to: NodeJS.WriteStream) => new WritableStream<Uint8Array>({ write: (bytes) => void to.write(bytes) })
await Promise.all([run.stdout.pipeTo(print(process.stdout)), run.stderr.pipeTo(print(process.stderr))])
process.exit(await run.exitCode)
