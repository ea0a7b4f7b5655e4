/** What browsers report of pages that were shown. */
import { z } from 'zod'

/** As a browser sends it. */
export const reported = z
  .object({
    'csp-report': z.object({
      'effective-directive': z.string().max(100),
      'blocked-uri': z.string().max(2048),
      'source-file': z.string().max(2048).optional(),
      'line-number': z.number().optional(),
    }),
  })
  .transform(({ 'csp-report': seen }) => ({
    directive: seen['effective-directive'],
    blocked: seen['blocked-uri'],
    source: seen['source-file'] ?? '',
    line: seen['line-number'] ?? null,
  }))

type Report = z.infer<typeof reported>
type Violation = Report & { count: number }

/** By the page, the same of one page once; the oldest pages are forgotten. */
export function policyReports() {
  const pages = new Map<string, Violation[]>()
  return {
    of: (page: string): readonly Violation[] => pages.get(page) ?? [],
    add(page: string, { directive, blocked, source, line }: Report): void {
      const of = pages.get(page) ?? []
      pages.set(page, of)
      if (pages.size > 50) pages.delete(pages.keys().next().value!)
      const known = of.find((one) => one.directive === directive && one.blocked === blocked && one.line === line)
      if (known) known.count++
      else if (of.length < 100) of.push({ directive, blocked, source, line, count: 1 })
    },
  }
}
