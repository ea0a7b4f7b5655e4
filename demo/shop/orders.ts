/** The shop's orders, kept in memory: a demonstration forgets them when it stops. */
import {
  OrderRefused,
  type KnownOrder,
  type OrderSession,
  type OrdersPort,
} from '../../server/merchant/checkout-backend.ts'
import { catalogue, club, findProduct, type Currency } from './catalogue.ts'

/** What the page may say: which products and how many. Never a price. */
export type Wanted = { id: string; quantity: number }[]

export type OrderLine = { id: string; quantity: number; total: number }

export type Order = {
  /** The order's secret token: its address, and the reference the payment side never shows to others. */
  reference: string
  /** What people call it. */
  number: string
  placed_at: string
  currency: Currency
  lines: OrderLine[]
  /** Set when it is the monthly bag that is ordered. */
  club: { trial: boolean } | null
  /** Minor units. */
  total: number
  session: OrderSession | undefined
  paid: boolean
  payment_id: string | null
}

export type Orders = OrdersPort & {
  /** The order that this reference named before, while it wants the same; else a new one at the catalogue's prices. */
  place(wanted: Wanted, currency: Currency, before: string | undefined): Order
  /** The same for the monthly bag. */
  placeClub(currency: Currency, trial: boolean, before: string | undefined): Order
  get(reference: string): Order | undefined
}

const mostOrders = 5_000

export function ordersInMemory({ now, newId }: { now: () => Date; newId: () => string }): Orders {
  const kept = new Map<string, Order>()
  let count = 1000

  function keep(order: Order): Order {
    kept.set(order.reference, order)
    const oldest = kept.keys().next().value
    if (kept.size > mostOrders && oldest) kept.delete(oldest)
    return order
  }

  function sameOrNew(before: string | undefined, wanted: Pick<Order, 'currency' | 'lines' | 'total' | 'club'>): Order {
    const known = before ? kept.get(before) : undefined
    if (known && !known.paid && isSame(known, wanted)) return known
    return keep({
      reference: newId(),
      number: `B-${++count}`,
      placed_at: now().toISOString(),
      ...wanted,
      session: undefined,
      paid: false,
      payment_id: null,
    })
  }

  return {
    get: (reference) => kept.get(reference),

    place(wanted, currency, before) {
      const lines = priced(wanted, currency)
      const total = lines.reduce((sum, line) => sum + line.total, 0)
      return sameOrNew(before, { currency, lines, total, club: null })
    },

    placeClub(currency, trial, before) {
      return sameOrNew(before, { currency, lines: [], total: club.price[currency], club: { trial } })
    },

    remember(reference, session) {
      const order = kept.get(reference)
      if (order) order.session = session
    },

    find(reference): KnownOrder | undefined {
      const order = kept.get(reference)
      return order?.session && { ...order.session, paid: order.paid }
    },

    referenceOf(sessionId) {
      for (const { reference, session } of kept.values()) if (session?.session_id === sessionId) return reference
      return undefined
    },

    markPaid(reference, paymentId) {
      const order = kept.get(reference)
      if (!order || order.paid) return false
      order.paid = true
      order.payment_id = paymentId
      return true
    },
  }
}

/** In the catalogue's order, so that the same basket filled in another order is the same basket. */
function priced(wanted: Wanted, currency: Currency): OrderLine[] {
  if (wanted.length === 0) throw new OrderRefused('The basket is empty')
  if (wanted.some(({ id }) => !findProduct(id)))
    throw new OrderRefused('The basket holds something the shop does not sell')
  if (new Set(wanted.map(({ id }) => id)).size < wanted.length)
    throw new OrderRefused('The basket names a product twice')
  return catalogue.flatMap(({ id, price }) => {
    const quantity = wanted.find((line) => line.id === id)?.quantity
    return quantity ? [{ id, quantity, total: quantity * price[currency] }] : []
  })
}

type What = Pick<Order, 'currency' | 'lines' | 'club'>

const isSame = (a: What, b: What): boolean => whatOf(a) === whatOf(b)

const whatOf = ({ currency, lines, club }: What): string => JSON.stringify([currency, lines, club])
