/** The sandbox's card table as the QA page shows it: names and what they do, and of a number its end. */
import { testCards, type CardGroup } from '../../server/domain/test-cards.ts'

export type { CardGroup }

export type ShownCard = {
  name: string
  group: CardGroup
  brand: string
  last4: string
  does: 'succeeds' | 'declines' | 'challenges'
  /** Why it is declined, at once or after the question. */
  code: string | null
  /** Declines only what was sent with it. */
  only: 'with_cvc' | 'with_postal_code' | null
}

export const shownCards: readonly ShownCard[] = testCards.map(({ name, number, group, brand, behaviour }) => {
  const failure =
    behaviour.does === 'declines'
      ? behaviour
      : behaviour.does === 'challenges' && behaviour.afterwards !== 'succeeds'
        ? behaviour.afterwards
        : null
  return {
    name: name.replace(/^tc_/, ''),
    group,
    brand,
    last4: number.slice(-4),
    does: behaviour.does,
    code: failure && (failure.declineCode ?? failure.code),
    only: (behaviour.does === 'declines' && behaviour.only) || null,
  }
})
