/** Pages of lists: what may be asked for, and how they are answered. Source: the seed document, "Pagination". */
import { z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Reads } from '../actions/read.ts'
import type { List } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { refuseFields, type Say } from '../domain/problem.ts'
import type { Page, Slice } from '../store/lists.ts'
import type { Language } from '../wire/locale.ts'
import { type Env, languageFor, reply } from '../wire/reply.ts'
import { once } from '../wire/fields.ts'
import { type Face, route } from './face.ts'
import { idPath } from './words.ts'

const wholeNumber = (least: number, most: number, otherwise: number, say: Say) =>
  z
    .string()
    .refine((text) => /^\d{1,12}$/.test(text) && Number(text) >= least && Number(text) <= most, { params: { say } })
    .transform(Number)
    .default(otherwise)
    .openapi({ type: 'integer', minimum: least, maximum: most, default: otherwise })

/** `limit` alone: of lists that are followed from one row to the next. */
export const limitQuery = z.object({
  limit: wholeNumber(1, 100, 10, {
    en: 'must be a whole number from 1 to 100',
    es: 'debe ser un número entero de 1 a 100',
  }),
})

/** `limit` and `offset`. */
export const pageQuery = limitQuery.extend({
  offset: wholeNumber(0, 1_000_000_000, 0, {
    en: 'must be a whole number from 0 on: how many of the newest to leave out',
    es: 'debe ser un número entero desde 0: cuántos de los más recientes omitir',
  }),
})

/** The filter that only agrees: the key itself decides which mode is seen. */
export const testFilter = z.enum(['true', 'false']).optional().openapi({
  type: 'boolean',
  description: 'Must agree with the key: test data for `sk_test_`, live data for `sk_live_`.',
})

export function refuseOtherMode(test: 'true' | 'false' | undefined, by: Merchant): void {
  if (test === undefined || (test === 'false') === by.live) return
  const [prefix, wanted] = by.live ? ['sk_live_', 'false'] : ['sk_test_', 'true']
  refuseFields([
    {
      field: 'test',
      say: {
        en: `must be ${wanted} or left out: a key that starts with ${prefix} sees no other data`,
        es: `debe ser ${wanted} o no enviarse: una clave que empieza con ${prefix} no ve otros datos`,
      },
    },
  ])
}

/** The schema of a page of such items. */
export const listSchema = <T extends z.ZodType>(name: string, item: () => T) =>
  once(() => z.object({ items: z.array(item()), total_items: z.int(), limit: z.int(), offset: z.int() }).openapi(name))

/** The schema of a part of a list that grows while it is read. */
export const cursorList = <T extends z.ZodType>(name: string, item: () => T) =>
  once(() =>
    z
      .object({
        items: z.array(item()),
        has_more: z.boolean().openapi({ description: 'Go on with the last id: `before`, or `after`.' }),
        limit: z.int(),
      })
      .openapi(name),
  )

/** Answers such a part; one more than `limit` was looked for. */
export const replyCursor = <T, V>(c: Context<Env>, found: T[], limit: number, show: (item: T) => V) =>
  reply(c, { items: found.slice(0, limit).map(show), has_more: found.length > limit, limit }, 200)

/** Answers a page. */
export function replyPage<T, V>(
  c: Context<Env>,
  { items, total }: Page<T>,
  { limit, offset }: { limit: number; offset: number },
  show: (item: T) => V,
) {
  const page: List<V> = { items: items.map(show), total_items: total, limit, offset }
  return reply(c, page, 200)
}

export type Filter<T> = {
  /** Beside `limit` and `offset`. */
  query: Record<string, z.ZodType<string | undefined>>
  page(by: Merchant, query: Slice & Record<string, unknown>): Promise<Page<T>>
}

/** The two ways in which every resource is read: a page of them, and one by its id. */
export function addReads<T, V>(
  app: Face,
  deps: Deps,
  of: {
    keyed: MiddlewareHandler<Env>
    /** In the operation's id, such as `PaymentLink`, and in sentences, such as `payment link`. */
    name: string
    words: string
    schema: () => z.ZodType<V>
    example: V
    reads: Reads<T>
    show: (item: T, language: Language) => V
    /** Nothing of it is in the vendor's document. */
    extension?: true
    /** Which part of the list may be asked for, where there is more to ask than how far. */
    filter?: Filter<T>
  },
): void {
  const { keyed, name, words, example, reads } = of
  // That the two fit is checked where they are given; here, for any resource, TypeScript cannot compare them again.
  const schema: () => z.ZodType = of.schema
  const show = of.show as (item: T, language: Language) => never
  app.openapi(
    route('get', '/', {
      id: `list${name}s`,
      summary: `List ${words}s, the newest first`,
      ...(of.extension && { extension: true }),
      keyed,
      // What a filter adds is read by the filter alone.
      query: of.filter ? (pageQuery.extend(of.filter.query) as unknown as typeof pageQuery) : pageQuery,
      answer: listSchema(`${name}List`, schema),
      example: { answer: examplePage(example) },
    }),
    async (c) => {
      const slice = c.req.valid('query')
      const language = languageFor(c)
      const by = c.get('merchant')
      const page = await (of.filter ? of.filter.page(by, slice) : reads.page(deps, by, slice))
      return replyPage(c, page, slice, (one) => show(one, language))
    },
  )
  app.openapi(
    route('get', '/{id}', {
      id: `get${name}`,
      summary: `Read a ${words}`,
      extension: true,
      keyed,
      params: idPath,
      answer: schema,
      example: { answer: example },
    }),
    async (c) => {
      const found = await reads.find(deps, c.get('merchant'), c.req.valid('param').id)
      return reply(c, show(found, languageFor(c)), 200)
    },
  )
}

/** The example of a page with one item on it. */
export const examplePage = (item: unknown) => ({ items: [item], total_items: 1, limit: 10, offset: 0 })
