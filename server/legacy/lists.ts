/** Whole lists: this API has no pages, so a long list leaves as it is read, and never lies in memory at once. */
import type { Context } from 'hono'
import { type Env, reply } from '../wire/reply.ts'

/** How many rows are read at a time. */
const most = 500

/** Reads the rows that follow a number, at most so many. */
export type ReadAfter<T> = (number: number, most: number) => Promise<{ number: number; value: T }[]>

/** Answers an array of everything, the oldest first. `show` may leave some out. */
export async function replyAll<T>(
  c: Context<Env>,
  read: ReadAfter<T>,
  show: (values: T[]) => Promise<unknown[]> | unknown[],
): Promise<Response> {
  const first = await read(0, most)
  const shown = await show(first.map((row) => row.value))
  if (first.length < most) return reply(c, shown, 200)

  const encoder = new TextEncoder()
  let after = first.at(-1)!.number
  let begun = shown.length > 0
  const rows = (values: unknown[]): string => {
    const text = values.map((value) => JSON.stringify(value)).join(',')
    const joined = begun && text !== '' ? `,${text}` : text
    begun ||= text !== ''
    return joined
  }
  const body = new ReadableStream<Uint8Array>({
    start(out) {
      out.enqueue(encoder.encode(`[${shown.map((value) => JSON.stringify(value)).join(',')}`))
    },
    async pull(out) {
      const page = await read(after, most)
      const text = rows(await show(page.map((row) => row.value)))
      const last = page.length < most
      out.enqueue(encoder.encode(last ? `${text}]` : text))
      if (last) return out.close()
      after = page.at(-1)!.number
    },
  })
  return new Response(body, { headers: { ...c.get('headers'), 'Content-Type': 'application/json' } })
}
