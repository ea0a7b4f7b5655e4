/** What a plan costs and how often, as people say it: `₡9 900 al mes`. */
import type { PlanInterval } from '../contract/resources.ts'
import type { Plan } from '../domain/plan.ts'
import { formatMoney } from '../contract/money.ts'

type Times = Record<PlanInterval, readonly [one: string, many: string]>

const times: Record<'en' | 'es' | 'pt', Times> = {
  en: {
    day: ['a day', 'every {n} days'],
    week: ['a week', 'every {n} weeks'],
    month: ['a month', 'every {n} months'],
    year: ['a year', 'every {n} years'],
  },
  es: {
    day: ['al día', 'cada {n} días'],
    week: ['a la semana', 'cada {n} semanas'],
    month: ['al mes', 'cada {n} meses'],
    year: ['al año', 'cada {n} años'],
  },
  pt: {
    day: ['por dia', 'a cada {n} dias'],
    week: ['por semana', 'a cada {n} semanas'],
    month: ['por mês', 'a cada {n} meses'],
    year: ['por ano', 'a cada {n} anos'],
  },
}

export function showPrice(plan: Plan, locale: string): string {
  const [one, many] = times[locale.slice(0, 2) as keyof typeof times][plan.interval]
  const often = plan.intervalCount === 1 ? one : many.replace('{n}', String(plan.intervalCount))
  return `${formatMoney(plan.amount, plan.currency, locale)} ${often}`
}
