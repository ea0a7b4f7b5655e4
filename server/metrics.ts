/**
 * Figures for Prometheus. Requests are counted in numbers of our own, because prom-client takes 300 nanoseconds for what
 * these take 20 for, and 90 milliseconds and 20 MB to load: it is loaded when its page is first asked for, and not before.
 */
import type { Metric, MetricValueWithName } from 'prom-client'
import type { LimitKind } from './limits.ts'

export type Metrics = {
  /** One answered request. The route is the pattern that matched, never a path: no id becomes a label. */
  request(method: string, route: string, status: number, ms: number): void
  refused(limit: LimitKind): void
  /** Everything, as Prometheus reads it. */
  page(): Promise<{ type: string; text: string }>
}

/** Upper bounds in seconds. Reads take a fraction of a millisecond, a durable write a few. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The durations of one method, route and status. */
class Durations {
  readonly #counts = bounds.map(() => 0)
  #count = 0
  #seconds = 0

  add(seconds: number): void {
    this.#count++
    this.#seconds += seconds
    for (let n = 0; n < bounds.length; n++) {
      if (seconds <= bounds[n]!) {
        this.#counts[n]!++
        return
      }
    }
  }

  values(name: string, labels: Record<string, string>): MetricValueWithName<string>[] {
    let sum = 0
    return [
      ...bounds.map((le, n) => ({
        metricName: `${name}_bucket`,
        labels: { le, ...labels },
        value: (sum += this.#counts[n]!),
      })),
      { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: this.#count },
      { metricName: `${name}_sum`, labels, value: this.#seconds },
      { metricName: `${name}_count`, labels, value: this.#count },
    ]
  }
}

export function openMetrics(underWay: () => number): Metrics {
  const durations = new Map<string, Map<string, Durations[]>>()
  const refusals: Record<LimitKind, number> = { key: 0, address: 0, page: 0, guess: 0, session: 0 }
  let registry: ReturnType<typeof fillRegistry> | undefined

  const requestValues = (name: string) =>
    [...durations].flatMap(([route, methods]) =>
      [...methods].flatMap(([method, statuses]) =>
        statuses.flatMap((one, status) => one.values(name, { method, route, status: String(status) })),
      ),
    )

  const ours: Metric[] = [
    family(
      'http_request_duration_seconds',
      'From a request’s head to its answer, by route pattern',
      'histogram',
      requestValues,
    ),
    family('http_requests_in_progress', 'Requests begun and not yet answered', 'gauge', () => [
      { labels: {}, value: underWay() },
    ]),
    family('rate_limit_refusals_total', 'Requests answered 429, by the limit they met', 'counter', () =>
      Object.entries(refusals).map(([limit, value]) => ({ labels: { limit }, value })),
    ),
  ]

  return {
    request(method, route, status, ms) {
      let methods = durations.get(route)
      if (!methods) durations.set(route, (methods = new Map()))
      let statuses = methods.get(method)
      if (!statuses) methods.set(method, (statuses = []))
      ;(statuses[status] ??= new Durations()).add(ms / 1000)
    },
    refused(limit) {
      refusals[limit]++
    },
    async page() {
      registry ??= fillRegistry(ours)
      const filled = await registry
      return { type: filled.contentType, text: await filled.metrics() }
    },
  }
}

/** What the process itself uses, and our own figures, in one registry. */
async function fillRegistry(ours: Metric[]) {
  const { Registry, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const metric of ours) registry.registerMetric(metric)
  return registry
}

/** A metric whose values are made when they are asked for. */
function family(
  name: string,
  help: string,
  type: 'histogram' | 'gauge' | 'counter',
  values: (name: string) => MetricValueWithName<string>[],
): Metric {
  const metric = { name, get: () => Promise.resolve({ name, help, type, values: values(name) }) }
  // A registry asks its metrics for their name and for `get`; the type wants one of the library's own classes.
  return metric as unknown as Metric
}
