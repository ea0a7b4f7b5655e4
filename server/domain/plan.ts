/** What a product costs by the week, the month, the year. */
import type { LastResort, PlanInterval, TrialEnd } from '../contract/resources.ts'
import { firstVersion, type Maker, type Owned } from './account.ts'
import { withoutCardNumbers } from './card.ts'
import { currencyFault } from './currency.ts'
import { refuseFields } from './problem.ts'
import { statementText } from './statement.ts'

export type NewPlan = {
  productId: string
  /** Minor units. */
  amount: number
  currency: string
  interval: PlanInterval
  /** How many intervals a period has. */
  intervalCount: number
  trialPeriodDays: number | null
  /** Lets a trial begin without a card, and says how it ends when there still is none; null asks for a card first. */
  trialWithoutCard: TrialEnd | null
  /** What becomes of a subscription when every try of a renewal is spent. */
  afterLastRetry: LastResort
  /** The shop's own name for it, one among the account's active plans; null when it gave none. */
  idName: string | null
  /** What the buyer's card statement says. */
  statementDescriptor: string | null
}

export type Plan = Owned & NewPlan & { active: boolean }

export function newPlan(wanted: NewPlan, maker: Maker): Plan {
  const fault = currencyFault(wanted.currency)
  if (fault) return refuseFields([fault])
  if (wanted.idName !== null && withoutCardNumbers(wanted.idName) !== wanted.idName) {
    // Plans are asked for by it, so it cannot be kept without its digits.
    const say = { en: 'must not hold a card number', es: 'no debe contener un número de tarjeta' }
    return refuseFields([{ field: 'id_name', say }])
  }
  return {
    ...firstVersion(maker),
    ...wanted,
    currency: wanted.currency.toUpperCase(),
    statementDescriptor: wanted.statementDescriptor === null ? null : statementText(wanted.statementDescriptor),
    active: true,
  }
}

/** Nobody can subscribe to it any more; those who have go on. */
export const retirePlan = (plan: Plan): Plan => ({ ...plan, active: false, version: plan.version + 1 })

/**
 * The moment a number of periods after a plan's anchor, in UTC. Months and years keep the anchor's day, or take the last
 * of a shorter month: 31 January, 28 February, 31 March. Semantics B2, "Periods".
 */
export function periodAfter(plan: Pick<Plan, 'interval' | 'intervalCount'>, anchor: Date, periods: number): Date {
  const count = plan.intervalCount * periods
  switch (plan.interval) {
    case 'day':
    case 'week':
      return new Date(anchor.getTime() + count * (plan.interval === 'week' ? 7 : 1) * 86_400_000)
    case 'month':
    case 'year': {
      const months = anchor.getUTCMonth() + count * (plan.interval === 'year' ? 12 : 1)
      const end = new Date(anchor)
      // The first of that month, then its last day at most.
      end.setUTCFullYear(anchor.getUTCFullYear(), months, 1)
      const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
      end.setUTCDate(Math.min(anchor.getUTCDate(), lastDay))
      return end
    }
  }
}
