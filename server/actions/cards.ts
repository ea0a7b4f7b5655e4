/** Cards that a customer lets the shop keep. Semantics B3: a number goes no further than here. */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { readCard, type TypedCard } from '../domain/card.ts'
import type { SavedCard } from '../domain/customer.ts'
import type { Failure } from '../domain/intent.ts'
import { Problem } from '../domain/problem.ts'
import type { Processor, SaveRequest, SaveResult } from '../processors/processor.ts'
import { within } from '../within.ts'
import { processorFor, processorMs } from './attempts.ts'

/** What may be kept of a card, once the processor has agreed to keep it; a card that it declines is a problem. */
export async function readSavedCard(deps: Deps, by: Owner, typed: TypedCard): Promise<SavedCard> {
  const processor = processorFor(deps, by)
  const card = readCard(typed, deps.now(by))
  if ('refused' in card) throw refusedCard(card.refused)
  const result = await askToSave(deps, processor, {
    cardToken: card.token,
    cvcGiven: card.cvcGiven,
    offSession: true,
  })
  if (result.outcome !== 'saved') {
    // Nobody is there to answer a challenge.
    throw refusedCard(
      result.outcome === 'declined'
        ? result.failure
        : { code: 'card_declined', declineCode: 'authentication_required' },
    )
  }
  return { ...card.facts, token: result.keptAs ?? card.token }
}

async function askToSave(deps: Deps, processor: Processor, card: SaveRequest): Promise<SaveResult> {
  try {
    return await within(processorMs, processor.save(card))
  } catch (error) {
    deps.log.error({ err: error }, 'the processor did not answer')
    throw new Problem(
      'service_unavailable',
      {
        en: 'The processor did not answer, and nothing was kept of this card; send it again in a moment',
        es: 'El procesador no respondió, y no se guardó nada de esta tarjeta; envíela de nuevo en un momento',
      },
      { retryAfterSeconds: 5 },
    )
  }
}

/** A card that cannot be used at all; each face has its own sentence for the code. */
export const refusedCard = ({ code, declineCode }: Failure): Problem =>
  new Problem(
    code,
    { en: 'This card cannot be used', es: 'Esta tarjeta no se puede usar' },
    declineCode === null ? {} : { declineCode },
  )
