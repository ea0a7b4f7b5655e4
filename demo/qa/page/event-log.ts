/** What happened, from both sides, in the order of time. */
import type { Clock, ServerEvent } from './backend.ts'
import type { Heard } from './preview.ts'

export type Entry =
  | { from: 'element'; id: string; at: number; heard: Heard }
  | { from: 'server'; id: string; at: number; event: ServerEvent }
  | { from: 'page'; id: string; at: number; session: string }

/** Each of its actions answers with the entries as they are now. */
export function eventLog() {
  let entries: readonly Entry[] = []
  const known = new Set<string>()
  let count = 0
  const add = (entry: Entry): readonly Entry[] => {
    const later = entries.findIndex(({ at }) => at > entry.at)
    return (entries = entries.toSpliced(later < 0 ? entries.length : later, 0, entry))
  }
  return {
    hear: (heard: Heard, at: number) => add({ from: 'element', id: `e${++count}`, at, heard }),
    begin: (session: string, at: number) => add({ from: 'page', id: `p${++count}`, at, session }),
    /** Those that are not known yet. On a clock of its own the server's time says nothing about ours: then it is when it was seen. */
    announce(events: readonly ServerEvent[], clock: Clock | null, seen: number): readonly Entry[] {
      for (const event of events) {
        if (known.has(event.id)) continue
        known.add(event.id)
        add({ from: 'server', id: event.id, at: clock?.own ? seen : Date.parse(event.created_at), event })
      }
      return entries
    },
    clear: (): readonly Entry[] => (entries = []),
  }
}
