/** A list that grows at its top while it is looked at, and is read further down on demand. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { Every } from './loading.ts'

type Row = { id: string }
export type Part = { limit: number; before?: string; after?: string }

/** A part of a list. Where there is a `next`, it is what to go on with: there may be more behind a part with few rows, or none. */
export type Page<T> = { items: T[]; has_more: boolean; next?: string | null }

export type LiveOptions<T> = {
  read: (part: Part, signal: AbortSignal) => Promise<Page<T>>
  /** Whether the list can be asked for what came after a row; otherwise its top is read again. */
  follows: boolean
  everyMs: number
}

const pageOf = 50

export class LiveList<T extends Row> implements ReactiveController {
  items: T[] | undefined
  hasMore = false
  problem: unknown
  /** Whether older rows are being read. */
  isGoingBack = false
  paused = false
  /** What came since it was paused; shown when it is resumed. */
  waiting: T[] = []
  /** Ids of rows that came while the list was looked at. */
  readonly fresh = new Set<string>()
  readonly #host: ReactiveControllerHost
  readonly #options: LiveOptions<T>
  #reading = new AbortController()
  #busy = false
  /** Before and after which row to go on. */
  #oldest: string | undefined
  #newest: string | undefined

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
    this.#newest = undefined
    await this.#ask(reading, { limit: pageOf }, (page) => {
      this.items = page.items
      this.hasMore = page.has_more
      this.#oldest = page.next ?? page.items.at(-1)?.id
      this.#newest = page.items[0]?.id
    })
  }

  async older(): Promise<void> {
    const before = this.#oldest
    if (before === undefined || this.isGoingBack) return
    this.isGoingBack = true
    await this.#ask(this.#reading, { limit: pageOf, before }, (page) => {
      const known = new Set(this.items?.map((row) => row.id))
      this.items = [...(this.items ?? []), ...page.items.filter((row) => !known.has(row.id))]
      this.hasMore = page.has_more
      this.#oldest = page.next ?? page.items.at(-1)?.id ?? before
    })
    this.isGoingBack = false
    this.#host.requestUpdate()
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
    if (this.#busy) return
    this.#busy = true
    await this.#turn().finally(() => (this.#busy = false))
  }

  async #turn(): Promise<void> {
    if (this.items === undefined || this.problem) return this.items ? this.#top() : this.start()
    const after = this.#newest
    if (after === undefined || !this.#options.follows) return this.#top()
    await this.#ask(this.#reading, { limit: 100, after }, (page) => {
      this.#newest = page.next ?? page.items.at(-1)?.id ?? after
      this.#came(page.items.toReversed())
    })
  }

  /** The first rows again: those that are known may have changed. */
  async #top(): Promise<void> {
    await this.#ask(this.#reading, { limit: pageOf }, (page) => {
      const now = new Map(page.items.map((row) => [row.id, row]))
      const known = new Set([...(this.items ?? []), ...this.waiting].map((row) => row.id))
      const isGap = page.has_more && page.items.every((row) => !known.has(row.id))
      this.items = isGap ? [] : this.items?.map((row) => now.get(row.id) ?? row)
      // More came than were read: what is between them and the rows below is found by going back.
      if (isGap) this.waiting = []
      if (this.items?.length === 0) {
        this.hasMore = page.has_more
        this.#oldest = page.next ?? page.items.at(-1)?.id
      }
      this.#newest = page.items[0]?.id ?? this.#newest
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

  async #ask(reading: AbortController, part: Part, take: (page: Page<T>) => void): Promise<void> {
    try {
      const page = await this.#options.read(part, reading.signal)
      if (reading !== this.#reading) return
      take(page)
      this.problem = undefined
    } catch (error) {
      if (reading !== this.#reading || reading.signal.aborted) return
      this.problem = error
    }
    this.#host.requestUpdate()
  }
}
