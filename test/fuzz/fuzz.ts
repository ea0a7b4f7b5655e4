/**
 * Sends generated requests to a payment side in memory and holds every answer to the document: no failure of ours, no
 * undocumented status or body, nothing stored by what was refused, and every invariant at the end. Semantics A9.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { sweep, sweepRefunds } from '../../server/actions/sweep.ts'
import { sandboxProcessor } from '../../server/processors/sandbox.ts'
import type { DatabaseKind } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { makeApp, type TestApp } from '../support/make-app.ts'
import { cardNumberIn } from '../support/card-digits.ts'
import { dumpRows } from '../support/dump-rows.ts'
import { watchRows } from '../support/watch-rows.ts'

/** A request as it goes out. */
export type Sent = { url: string; init: { method: string; headers: Headers; body?: BodyInit } }

/** What is asked of one of the APIs, and how its answers are judged. */
export type Face<Request> = {
  requests: fc.Arbitrary<Request>
  /** The request as it goes out, or undefined when no client could send it. */
  toSend(request: Request): Sent | undefined
  /** Learns from an answer what there is by now. */
  remember(request: Request, text: string): void
  /** What is wrong with an answer, or undefined. */
  faultOf(sent: Sent, response: Response, text: string): string | undefined
  /** The operation that an address and a method mean, if any. */
  operationAt(sent: Sent): string | undefined
  /** Whether something may be stored after this refusal. */
  isStoring(status: number, text: string): boolean
  /** What time takes with it is made anew. */
  renew?(): Promise<void>
}

export type Report = {
  requests: number
  /** How many the platform itself would not send. */
  unsent: number
  byStatus: Record<number, number>
  /** How often each operation was answered with success. */
  succeeded: Map<string, number>
  slowestMs: number
  seconds: number
}

/** Something that must not be; its message tells how to see it again. */
export class Finding extends Error {}

const batchSize = 250
const slowMs = 5000

export async function fuzz<Request>(by: {
  face: (app: TestApp) => Promise<Face<Request>>
  requests: number
  seed: number
  /** PostgreSQL is there within the test run only; on it rows are not watched. */
  on?: DatabaseKind
  stopped?: () => boolean
  progress?: (report: Report) => void
}): Promise<Report> {
  const app = await makeApp({ on: by.on ?? 'sqlite', liveProcessor: sandboxProcessor })
  const face = await by.face(app)
  const written = app.deps.store.kind === 'sqlite' ? await watchRows(app.deps.store) : () => Promise.resolve(0)
  const began = performance.now()
  const report: Report = { requests: 0, unsent: 0, byStatus: {}, succeeded: new Map(), slowestMs: 0, seconds: 0 }
  let rows = await written()

  for (let batch = 0; report.requests < by.requests && !by.stopped?.(); batch++) {
    const numRuns = Math.min(batchSize, by.requests - report.requests)
    for (const request of fc.sample(face.requests, { seed: seedOf(by.seed, batch), numRuns })) {
      report.requests++
      const sent = face.toSend(request)
      const complain = (what: string, answer = ''): never => {
        const headers = Object.fromEntries(sent?.init.headers ?? [])
        const shown = JSON.stringify({ url: sent?.url, ...sent?.init, headers, body: textOf(sent?.init.body) }).slice(
          0,
          4000,
        )
        throw new Finding(`seed ${by.seed}, request ${report.requests}: ${what}\n${shown}\n${answer.slice(0, 2000)}`)
      }
      if (!sent) {
        report.unsent++
        continue
      }
      const start = performance.now()
      const response = await app.app.request(sent.url, sent.init)
      const text = await response.text()
      const ms = performance.now() - start
      const { status } = response
      report.byStatus[status] = (report.byStatus[status] ?? 0) + 1
      report.slowestMs = Math.max(report.slowestMs, ms)
      if (status >= 500) complain(`answered ${status}\n${app.logged.at(-2) ?? ''}`, text)
      if (ms > slowMs) complain(`took ${ms} ms`, text)
      const fault = face.faultOf(sent, response, text)
      if (fault !== undefined) complain(fault, text)
      const now = await written()
      const mayWrite = face.isStoring(status, text) || (status < 400 && sent.init.method !== 'GET')
      if (now !== rows && !mayWrite) {
        complain(`${status} wrote ${now - rows} rows`, text)
      }
      rows = now
      if (status < 300) {
        const operation = face.operationAt(sent)
        if (operation !== undefined) report.succeeded.set(operation, (report.succeeded.get(operation) ?? 0) + 1)
        face.remember(request, text)
      }
    }
    // Time passes, so that sessions end and refunds come to something.
    app.clock.at = new Date(app.clock.at.getTime() + [1, 5, 60, 3600][batch % 4]! * 1000)
    await sweep(app.deps)
    await sweepRefunds(app.deps)
    if (app.logged.some((line) => /what was due could not be done|an attempt could not be looked up/.test(line)))
      throw new Finding(`seed ${by.seed}, after ${report.requests} requests: a sweep failed`)
    const told = app.logged.find((line) => cardNumberIn(line) !== undefined)
    if (told !== undefined) {
      throw new Finding(`seed ${by.seed}, after ${report.requests} requests: a card number in the log\n${told}`)
    }
    app.logged.length = 0
    await face.renew?.()
    rows = await written()
    report.seconds = (performance.now() - began) / 1000
    by.progress?.(report)
  }
  try {
    await checkInvariants(app.deps.store.db)
    if (app.deps.store.kind === 'sqlite') await checkCards(app)
  } catch (error) {
    throw new Finding(
      `seed ${by.seed}, after ${report.requests} requests: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  await app.deps.store.close()
  return report
}

/** Each batch has a seed of its own, and neighbouring seeds share none. */
const seedOf = (seed: number, batch: number): number =>
  createHash('sha256').update(`${seed} ${batch}`).digest().readInt32BE()

/** Bank details are the one place where a shop's own digits may look like a card's. */
async function checkCards(app: TestApp): Promise<void> {
  const { developers: _, ...tables } = await dumpRows(app.deps.store)
  for (const [table, text] of Object.entries(tables)) {
    const number = cardNumberIn(text)
    if (number !== undefined) throw new Finding(`${number} stands in ${table}`)
  }
}

const textOf = (body: BodyInit | undefined): unknown =>
  body instanceof Uint8Array ? Buffer.from(body).toString() : body
