/** The stretches of time that the overview shows, cut where this browser's hours and days begin. */

export const spanNames = ['day', 'week', 'month', 'quarter'] as const
export type SpanName = (typeof spanNames)[number]
export type Span = { from: Date; to: Date; step: 'hour' | 'day' }

const days: Record<Exclude<SpanName, 'day'>, number> = { week: 7, month: 30, quarter: 90 }

export function spanOf(name: SpanName, now: Date): Span {
  if (name === 'day') {
    const to = new Date(now)
    to.setHours(now.getHours() + 1, 0, 0, 0)
    return { from: new Date(to.getTime() - 24 * 3_600_000), to, step: 'hour' }
  }
  const { from: today, to } = dayOf(now)
  const from = new Date(today)
  from.setDate(from.getDate() - (days[name] - 1))
  return { from, to, step: 'day' }
}

/** The day that a moment lies in. */
export function dayOf(now: Date): Span {
  const from = new Date(now)
  from.setHours(0, 0, 0, 0)
  const to = new Date(from)
  to.setDate(to.getDate() + 1)
  return { from, to, step: 'hour' }
}

/** How many hours this browser's days begin before those of Greenwich; of half hours the nearest. */
export const utcOffset = (now: Date): number => Math.round(-now.getTimezoneOffset() / 60)
