/** What a view reads from the payment side: first nothing, then a value that stays while it is read again. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { ApiProblem } from '../api.ts'

export class Loading<T> implements ReactiveController {
  value: T | undefined
  /** Why the last reading came to nothing. */
  problem: unknown
  busy = false
  readonly #host: ReactiveControllerHost
  readonly #read: (signal: AbortSignal) => Promise<T>
  #running: AbortController | undefined
  #written = ''

  constructor(host: ReactiveControllerHost, read: (signal: AbortSignal) => Promise<T>) {
    this.#host = host
    this.#read = read
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#running?.abort()
  }

  /** Reads. With `afresh` what was there before is of something else, and goes at once. */
  async run({ afresh = false } = {}): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    if (afresh) {
      this.value = undefined
      this.#written = ''
    }
    this.busy = true
    this.#host.requestUpdate()
    try {
      const value = await this.#read(running.signal)
      if (running.signal.aborted) return
      // The same once more is no news: nothing is drawn again.
      const written = JSON.stringify(value)
      if (written !== this.#written || this.problem) {
        this.#written = written
        this.value = value
      }
      this.problem = undefined
    } catch (error) {
      if (running.signal.aborted) return
      this.problem = error
    }
    this.busy = false
    this.#host.requestUpdate()
  }

  /** Reads once more, unless there is nothing to be read. */
  async again(): Promise<void> {
    if (!(this.problem instanceof ApiProblem && this.problem.status === 404)) await this.run()
  }

  /** Puts in what an action answered. */
  set(value: T): void {
    this.#running?.abort()
    this.busy = false
    this.value = value
    this.#written = JSON.stringify(value)
    this.#host.requestUpdate()
  }
}

const soonMs = 300

/** Does something every so often while its view is shown and its tab is looked at, never twice at a time. */
export class Every implements ReactiveController {
  readonly #work: () => Promise<void>
  readonly #ms: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #connected = false

  constructor(host: ReactiveControllerHost, ms: number, work: () => Promise<void>) {
    this.#ms = ms
    this.#work = work
    host.addController(this)
  }

  hostConnected(): void {
    this.#connected = true
    document.addEventListener('visibilitychange', this.#seen)
    this.#arm()
  }

  hostDisconnected(): void {
    this.#connected = false
    document.removeEventListener('visibilitychange', this.#seen)
    clearTimeout(this.#timer)
  }

  /** Does it shortly: something was just pressed that will show. */
  soon(): void {
    this.#arm(soonMs)
  }

  #seen = (): void => {
    clearTimeout(this.#timer)
    if (document.visibilityState === 'visible') void this.#turn()
  }

  #arm(ms = this.#ms): void {
    clearTimeout(this.#timer)
    if (this.#connected && document.visibilityState === 'visible') this.#timer = setTimeout(() => void this.#turn(), ms)
  }

  async #turn(): Promise<void> {
    await this.#work().finally(() => this.#arm())
  }
}
