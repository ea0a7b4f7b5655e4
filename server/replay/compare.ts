/** What was recorded beside what came this time: ids, secrets and moments are others each time, and mean the same. */
import { isId, notKept } from '../domain/kept-request.ts'

export type Difference = {
  /** Which of the story's requests, counted from 1; null for what came of it all. */
  step: number | null
  /** Where: a path of names with dots between. */
  where: string
  recorded: unknown
  replayed: unknown
}

/** Which id of now stands for which of then. */
export class Ids {
  readonly #now = new Map<string, string>()
  readonly #then = new Map<string, string>()

  learn(then: string, now: string): void {
    this.#now.set(then, now)
    this.#then.set(now, then)
  }

  /** A text of then, with the ids of now. */
  toNow(text: string): string {
    return text.replaceAll(idsInText, (id) => this.#now.get(id) ?? id)
  }

  /** A text of now, with the ids of then. */
  toThen(text: string): string {
    return text.replaceAll(idsInText, (id) => this.#then.get(id) ?? id)
  }

  /** Learns from two answers to the same request: ids at the same place are of the same object. */
  learnFrom(then: unknown, now: unknown): void {
    if (typeof then === 'string' && typeof now === 'string') {
      const [before, after] = [then.match(idsInText) ?? [], now.match(idsInText) ?? []]
      if (before.length !== after.length) return
      before.forEach((id, n) => {
        if (isId(id) && isId(after[n])) this.learn(id, after[n])
      })
    } else if (isObject(then) && isObject(now)) {
      for (const [name, value] of Object.entries(then)) this.learnFrom(value, now[name])
    }
  }
}

const idsInText = /\b(?:cs_(?:test|live)|[a-z0-9]{2,5})_[0-9A-Za-z]{10,60}\b/g

/** Moments this near to each other are the same: nobody works at the same speed twice. */
const sameMs = 60_000
const moment = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/
/** Names of a request itself, and of numbers that are counted anew. */
const ownEachTime = new Set(['request_id', 'number', 'key'])
const counted = new Set(['id', 'customer', 'user', 'customer_id', 'id_subscription'])

/** Where the two are not the same. */
export function differences(then: unknown, now: unknown, ids: Ids, where = ''): Omit<Difference, 'step'>[] {
  if (then === notKept || (typeof then === 'string' && then.startsWith('…'))) return []
  if (isObject(then) && isObject(now) && Array.isArray(then) === Array.isArray(now)) {
    const names = new Set([...Object.keys(then), ...Object.keys(now)])
    return [...names].flatMap((name) => {
      if (ownEachTime.has(name)) return []
      const [before, after] = [then[name], now[name]]
      if (counted.has(name) && standsFor(before) && standsFor(after)) return []
      return differences(before, after, ids, where === '' ? name : `${where}.${name}`)
    })
  }
  const known = typeof now === 'string' ? ids.toThen(now) : now
  if (known === then || (isMoment(then) && isMoment(known) && isNear(then, known))) return []
  return [{ where, recorded: then ?? null, replayed: known ?? null }]
}

/** A number of the legacy API, or its 32 letters: no part of one tells of which object of then it stands for. */
const standsFor = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^[0-9A-Za-z]{32}$/.test(value))

const isMoment = (value: unknown): value is string => typeof value === 'string' && moment.test(value)
const isNear = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) <= sameMs

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
