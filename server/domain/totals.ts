/** Payments by the hour, as they are counted, to the points of a chart. */
import { showAmount } from '../contract/money.ts'
import type { TotalsPoint } from '../contract/console.ts'

/** What one hour came to; `hour` as `2026-11-20T12`, in UTC. */
export type HourTotal = { hour: string; succeeded: number; amount: number; declined: number }

export type Step = 'hour' | 'day'

const hourMs = 3_600_000
const stepMs: Record<Step, number> = { hour: hourMs, day: 24 * hourMs }

/** Most points of one chart: nobody sees more. */
export const mostPoints = 800

/** The hour that a moment is in. */
export const hourOf = (moment: Date): string => moment.toISOString().slice(0, 13)

/** The beginning of the step that a moment is in, for people whose clocks are so many hours before or after UTC. */
export function beginOf(moment: Date, step: Step, utcOffsetHours: number): Date {
  const shift = step === 'day' ? utcOffsetHours * hourMs : 0
  return new Date(Math.floor((moment.getTime() + shift) / stepMs[step]) * stepMs[step] - shift)
}

/** One point a step from `from` on and before `to`; a step without payments has zeros. */
export function pointsOf(
  rows: readonly HourTotal[],
  of: { from: Date; to: Date; step: Step; utcOffsetHours: number; currency: string },
): TotalsPoint[] {
  const sums = new Map<number, HourTotal>()
  for (let at = of.from.getTime(); at < of.to.getTime(); at += stepMs[of.step]) {
    sums.set(at, { hour: '', succeeded: 0, amount: 0, declined: 0 })
  }
  for (const row of rows) {
    const sum = sums.get(beginOf(new Date(`${row.hour}:00:00Z`), of.step, of.utcOffsetHours).getTime())
    if (!sum) continue
    sum.succeeded += row.succeeded
    sum.amount += row.amount
    sum.declined += row.declined
  }
  return [...sums].map(([at, sum]) => ({
    at: new Date(at).toISOString(),
    succeeded: sum.succeeded,
    amount: showAmount(sum.amount, of.currency),
    declined: sum.declined,
  }))
}
