import type { DeclineCode, ErrorCode } from '../contract/errors.ts'
import type { Intent } from './intent.ts'

/** A sentence in the languages that answers are given in. */
export type Say = { en: string; es: string }

/** One field of a request that cannot be accepted, and what would be right. */
export type Fault = { field: string; say: Say }

/** What a face may add to a problem's code and sentence. */
export type About = {
  faults?: readonly Fault[]
  declineCode?: DeclineCode
  /** The intent whose state is the reason; faces show its public view. */
  intent?: Intent
  retryAfterSeconds?: number
  /** The methods that a path takes. */
  allow?: readonly string[]
}

/** A caller's mistake, a lost race or a met limit. Anything else that is thrown is our own bug. */
export class Problem extends Error {
  readonly code: ErrorCode
  readonly say: Say
  readonly about: About

  constructor(code: ErrorCode, say: Say, about: About = {}) {
    super(say.en)
    this.name = 'Problem'
    this.code = code
    this.say = say
    this.about = about
  }
}

/** What a shop or a buyer may ask for by its id. */
export type Thing =
  | 'payment'
  | 'session'
  | 'customer'
  | 'product'
  | 'plan'
  | 'link'
  | 'subscription'
  | 'refund'
  | 'invoice'
  | 'event'
  | 'webhookEndpoint'
  | 'webhookDelivery'
  | 'request'
  | 'key'
  | 'switch'
  | 'drill'
  | 'namespace'

const nobody: Record<Thing, Say> = {
  payment: { en: 'There is no such payment', es: 'No existe ese pago' },
  session: { en: 'There is no such checkout session', es: 'No existe esa sesión de pago' },
  customer: { en: 'There is no such customer', es: 'No existe ese cliente' },
  product: { en: 'There is no such product', es: 'No existe ese producto' },
  plan: { en: 'There is no such plan', es: 'No existe ese plan' },
  link: { en: 'There is no such payment link', es: 'No existe ese enlace de pago' },
  subscription: { en: 'There is no such subscription', es: 'No existe esa suscripción' },
  refund: { en: 'There is no such refund', es: 'No existe ese reembolso' },
  invoice: { en: 'There is no such invoice', es: 'No existe esa factura' },
  event: { en: 'There is no such event', es: 'No existe ese evento' },
  webhookEndpoint: { en: 'There is no such webhook endpoint', es: 'No existe ese destino de webhooks' },
  webhookDelivery: { en: 'There is no such delivery', es: 'No existe ese envío' },
  request: {
    en: 'There is no such request, or it is older than seven days',
    es: 'No existe esa solicitud, o tiene más de siete días',
  },
  key: { en: 'There is no such key', es: 'No existe esa clave' },
  switch: { en: 'There is no such switch', es: 'No existe ese interruptor' },
  drill: { en: 'There is no such drill', es: 'No existe ese simulacro' },
  namespace: { en: 'There is no such namespace', es: 'No existe ese espacio' },
}

/** The one answer for what is unknown, another account's, or of the other mode; `field` says where it was asked for. */
export const noSuch = (thing: Thing, field?: string): Problem =>
  new Problem('not_found', nobody[thing], field === undefined ? {} : { faults: [{ field, say: nobody[thing] }] })

/** Fields that are present and cannot be accepted; the first one gives the sentence. */
export function refuseFields(faults: readonly Fault[]): never {
  const first = faults[0]!
  throw new Problem(
    'parameter_invalid',
    { en: `${first.field} ${first.say.en}`, es: `${first.field} ${first.say.es}` },
    { faults },
  )
}

/** Fields that are not there and must be. */
export function missingFields(faults: readonly Fault[]): Problem {
  const names = faults.map((fault) => fault.field).join(', ')
  return new Problem('parameter_missing', { en: `Missing: ${names}`, es: `Falta: ${names}` }, { faults })
}
