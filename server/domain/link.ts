/** A payment link: an address that anyone may be sent, and that opens a checkout session each time it is used. */
import { firstVersion, type Maker, type Owned } from './account.ts'
import { keptText } from './card.ts'
import { currencyFault } from './currency.ts'
import { Problem, refuseFields } from './problem.ts'

export type NewLink = {
  /** Minor units. */
  amount: number
  currency: string
  description: string | null
}

export type Link = Owned & NewLink & { active: boolean }

export function newLink(wanted: NewLink, maker: Maker): Link {
  const fault = currencyFault(wanted.currency)
  if (fault) return refuseFields([fault])
  return {
    ...firstVersion(maker),
    amount: wanted.amount,
    currency: wanted.currency.toUpperCase(),
    description: keptText(wanted.description),
    active: true,
  }
}

/** Nobody opens it any more; what was opened can still be paid. */
export function deactivate(link: Link): Link {
  if (!link.active) throw linkInactive()
  return { ...link, active: false, version: link.version + 1 }
}

/** The problem of using a link that its shop has closed. */
export const linkInactive = (): Problem =>
  new Problem('payment_link_inactive', {
    en: 'This payment link is no longer active',
    es: 'Este enlace de pago ya no está activo',
  })
