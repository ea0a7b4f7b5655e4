/** The shop's orders, kept in memory: a demonstration forgets them when it stops. */
import {
  OrderRefused,
  type KnownOrder,
  type OrderSession,
  type OrdersPort,
} from '../../server/merchant/checkout-backend.ts'
import { catalogue, findProduct, type Currency } from './catalogue.ts'

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
  /** Minor units. */
  total: number
  session: OrderSession | undefined
  paid: boolean
  payment_id: string | null
}

export type Orders = OrdersPort & {
  /** The order that this reference named before, while it wants the same; else a new one at the catalogue's prices. */
  place(wanted: Wanted, currency: Currency, before: string | undefined): Order
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

  return {
    get: (reference) => kept.get(reference),

    place(wanted, currency, before) {
      const lines = priced(wanted, currency)
      const known = before ? kept.get(before) : undefined
      if (known && !known.paid && known.currency === currency && isSame(known.lines, lines)) return known
      return keep({
        reference: newId(),
        number: `B-${++count}`,
        placed_at: now().toISOString(),
        currency,
        lines,
        total: lines.reduce((sum, line) => sum + line.total, 0),
        session: undefined,
        paid: false,
        payment_id: null,
      })
    },

    remember(reference, session) {
      const order = kept.get(reference)
      if (order) order.session = session
    },

    find(reference): KnownOrder | undefined {
      const order = kept.get(reference)
      return order?.session && { ...order.session, paid: order.paid }
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

function isSame(a: OrderLine[], b: OrderLine[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
