/** Schemas of fields that both faces have. */
import { z } from '@hono/zod-openapi'
import type { Say } from '../domain/problem.ts'
import { couldBeId } from '../ids.ts'

/** An id as it arrives: what could be none is looked up as none, so that it answers like every unknown one. */
export const idText = z.string().transform((id) => (couldBeId(id) ? id : ''))

/** Free text: no control characters, which PostgreSQL cannot keep and no page should show. */
export const freeText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !/[^\P{Cc}\n\t\r]/u.test(text), {
      params: {
        say: { en: 'must not hold control characters', es: 'no debe contener caracteres de control' } satisfies Say,
      },
    })

/**
 * Makes something when it is first asked for, and keeps it. Schemas are made so: each costs more than the route it belongs
 * to, and a server that starts needs none of them.
 */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
