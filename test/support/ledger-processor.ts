import type { Charge, ChargeResult, Processor } from '../../server/processors/processor.ts'
import { chargeTestCard, sandboxProcessor } from '../../server/processors/sandbox.ts'

/** How it treats a charge: answers, is cut off before or after it charges, or answers when it is let. */
type Manner = 'answers' | 'cut off before' | 'cut off after' | 'waits'

/** The sandbox's processor with a ledger of its own, which no death of a server can change, and with moods. */
export function ledgerProcessor() {
  const charged = new Map<string, ChargeResult>()
  const asked: Charge[] = []
  const waiting: (() => void)[] = []
  const processor = {
    ...sandboxProcessor,
    manner: 'answers' as Manner,
    /** What it says of charges that it has not answered yet. */
    ofUnanswered: 'absent' as 'absent' | 'unknown',
    asked,
    charged,
    /** Answers whoever waits. */
    answer(): void {
      for (const go of waiting.splice(0)) go()
    },
    async charge(charge: Charge): Promise<ChargeResult> {
      asked.push(charge)
      if (processor.manner === 'cut off before') throw new Error('connection lost')
      if (processor.manner === 'waits') await new Promise<void>((go) => waiting.push(go))
      const result = chargeTestCard(charge)
      if (result.outcome === 'succeeded') charged.set(charge.attemptId, result)
      if (processor.manner === 'cut off after') throw new Error('connection lost')
      return result
    },
    lookUp: (id: string): Promise<ChargeResult | 'absent' | 'unknown'> =>
      Promise.resolve(charged.get(id) ?? processor.ofUnanswered),
  } satisfies Processor & Record<string, unknown>
  return processor
}
