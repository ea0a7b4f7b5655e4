/**
 * The one way to change something: an idempotency key is claimed, the work done and its result kept in one transaction.
 * It exists once, below both faces. Semantics B1.
 */
import type { Deps } from '../deps.ts'
import type { EventType } from '../contract/events.ts'
import { Problem, type Say } from '../domain/problem.ts'
import { idPrefixes } from '../ids.ts'
import { claimKey, keepResult, selectClaim } from '../store/idempotency.ts'
import { insertEvents } from '../store/outbox.ts'
import type { IdempotencyRow, Tx } from '../store/schema.ts'

/** Who asked, and in which language they are answered. */
export type Asker = { requestId: string; language: keyof Say }

/** Whose key it is, the key, a keyed fingerprint of the whole request, and who asked. */
export type ReplyTo = { scope: string; key: string; fingerprint: string; asker: Asker }

/** What is wanted, and under which idempotency key if any. */
export type Command<T> = { wanted: T; reply: ReplyTo | null }

/** What a command came to; `asker` is the first one's when the command was a repeated one. */
export type Done<T> = { value: T; asker?: Asker }

/** Does the work once for its key: a repeated command is answered with what the first one came to. */
export function commit<I, O>(
  deps: Deps,
  command: Command<I>,
  work: (tx: Tx, wanted: I) => Promise<O>,
): Promise<Done<O>> {
  return deps.store.transact(async (tx) => {
    const kept = await claim<O>(deps, tx, command.reply)
    if (kept) return { value: kept.result, asker: kept.asker }
    const value = await work(tx, command.wanted)
    await keep(tx, command.reply, value)
    return { value }
  })
}

/** Claims the command's key, or gives the result that is kept under it. */
export async function claim<O>(
  deps: Deps,
  tx: Tx,
  reply: ReplyTo | null,
): Promise<{ result: O; asker: Asker } | undefined> {
  if (!reply) return undefined
  const { scope, key, fingerprint, asker } = reply
  const claimed = await claimKey(tx, {
    scope,
    key,
    fingerprint,
    request_id: asker.requestId,
    language: asker.language,
    created_at: deps.now().toISOString(),
  })
  if (claimed) return undefined
  return resultOf<O>(await selectClaim(tx, scope, key), fingerprint)
}

/**
 * What a repeated command came to, if this is one; its key is not claimed. For commands that ask somebody outside before
 * they write anything.
 */
export async function keptBefore<O>(deps: Deps, reply: ReplyTo | null): Promise<Done<O> | undefined> {
  const claimed = reply && (await selectClaim(deps.store.db, reply.scope, reply.key))
  if (!reply || !claimed) return undefined
  const { result, asker } = resultOf<O>(claimed, reply.fingerprint)
  return { value: result, asker }
}

function resultOf<O>(kept: IdempotencyRow | undefined, fingerprint: string): { result: O; asker: Asker } {
  if (kept && kept.fingerprint !== fingerprint) {
    throw new Problem('idempotency_key_reused', {
      en: 'This Idempotency-Key was used for another request; use a new key for a new request',
      es: 'Esta Idempotency-Key ya se usó en otra solicitud; use una clave nueva para cada solicitud nueva',
    })
  }
  if (!kept || kept.result === null) {
    throw new Problem(
      'idempotency_key_in_use',
      {
        en: 'The first request with this Idempotency-Key is still under way; repeat this one in a moment',
        es: 'La primera solicitud con esta Idempotency-Key sigue en curso; repita esta en un momento',
      },
      { retryAfterSeconds: 1 },
    )
  }
  return {
    result: JSON.parse(kept.result) as O,
    asker: { requestId: kept.request_id, language: kept.language },
  }
}

/** Keeps what a claimed command came to. */
export async function keep(tx: Tx, reply: Pick<ReplyTo, 'scope' | 'key'> | null, value: unknown): Promise<void> {
  if (reply) await keepResult(tx, reply.scope, reply.key, JSON.stringify(value))
}

type Announced = { id: string; accountId: string; live: boolean; version: number }

/** Writes one event for each change, in the transaction that makes the changes. */
export async function announce(
  deps: Deps,
  tx: Tx,
  ...changes: readonly (readonly [EventType, Announced])[]
): Promise<void> {
  await insertEvents(
    tx,
    changes.map(([type, object]) => ({
      id: deps.newId(idPrefixes.event),
      account_id: object.accountId,
      live: object.live ? 1 : 0,
      type,
      object_id: object.id,
      version: object.version,
      payload: JSON.stringify(object),
      created_at: deps.now(object).toISOString(),
      dispatched: 0,
    })),
  )
}
