/** A list that grows at its top while it is looked at, and is read further down on demand. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { CursorPage } from '../../../server/contract/console.ts'
import { Every } from './loading.ts'

type Row = { id: string }
export type Part = { limit: number; before?: string; after?: string }

export type LiveOptions<T> = {
  read: (part: Part, signal: AbortSignal) => Promise<CursorPage<T>>
  /** Whether the list can be asked for what came after a row; otherwise its top is read again. */
  follows: boolean
  everyMs: number
}

const pageOf = 50

export class LiveList<T extends Row> implements ReactiveController {
  items: T[] | undefined
  hasMore = false
  problem: unknown
  busy = false
  paused = false
  /** What came since it was paused; shown when it is resumed. */
  waiting: T[] = []
  /** Ids of rows that came while the list was looked at. */
  readonly fresh = new Set<string>()
  readonly #host: ReactiveControllerHost
  readonly #options: LiveOptions<T>
  #reading = new AbortController()

  constructor(host: ReactiveControllerHost, options: LiveOptions<T>) {
    this.#host = host
    this.#options = options
    host.addController(this)
    new Every(host, options.everyMs, () => this.#poll())
  }

  hostDisconnected(): void {
    this.#reading.abort()
  }

  /** Reads the top of the list, of other rows than before. */
  async start(): Promise<void> {
    this.#reading.abort()
    const reading = (this.#reading = new AbortController())
    this.items = undefined
    this.waiting = []
    this.fresh.clear()
    await this.#ask(reading, { limit: pageOf }, (page) => {
      this.items = page.items
      this.hasMore = page.has_more
    })
  }

  async older(): Promise<void> {
    const last = this.items?.at(-1)
    if (!last || this.busy) return
    await this.#ask(this.#reading, { limit: pageOf, before: last.id }, (page) => {
      const known = new Set(this.items?.map((row) => row.id))
      this.items = [...(this.items ?? []), ...page.items.filter((row) => !known.has(row.id))]
      this.hasMore = page.has_more
    })
  }

  pause(): void {
    this.paused = true
    this.#host.requestUpdate()
  }

  resume(): void {
    this.paused = false
    this.#show(this.waiting)
    this.waiting = []
    this.#host.requestUpdate()
  }

  async #poll(): Promise<void> {
    if (this.busy) return
    if (this.items === undefined || this.problem) return this.items ? this.#top() : this.start()
    const first = this.waiting[0] ?? this.items[0]
    if (!first || !this.#options.follows) return this.#top()
    await this.#ask(this.#reading, { limit: 100, after: first.id }, (page) => this.#came(page.items.toReversed()))
  }

  /** The first rows again: those that are known may have changed. */
  async #top(): Promise<void> {
    await this.#ask(this.#reading, { limit: pageOf }, (page) => {
      const now = new Map(page.items.map((row) => [row.id, row]))
      const known = new Set([...(this.items ?? []), ...this.waiting].map((row) => row.id))
      this.items = this.items?.map((row) => now.get(row.id) ?? row)
      if (this.items?.length === 0) this.hasMore = page.has_more
      this.#came(page.items.filter((row) => !known.has(row.id)))
    })
  }

  #came(rows: T[]): void {
    if (this.paused) this.waiting = [...rows, ...this.waiting]
    else this.#show(rows)
  }

  #show(rows: T[]): void {
    if (rows.length === 0) return
    for (const row of rows) this.fresh.add(row.id)
    this.items = [...rows, ...(this.items ?? [])]
  }

  async #ask(reading: AbortController, part: Part, take: (page: CursorPage<T>) => void): Promise<void> {
    this.busy = true
    this.#host.requestUpdate()
    try {
      const page = await this.#options.read(part, reading.signal)
      if (reading !== this.#reading) return
      take(page)
      this.problem = undefined
    } catch (error) {
      if (reading !== this.#reading || reading.signal.aborted) return
      this.problem = error
    }
    this.busy = false
    this.#host.requestUpdate()
  }
}
