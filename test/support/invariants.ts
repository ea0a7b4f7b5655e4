/** What must be true of every database at every moment. Semantics B2, "Invariants checked after every test". */
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { blockSizes } from '../../server/store/migrations/blocks.ts'
import type { Db, Tables } from '../../server/store/schema.ts'

/** Every list of an account, and whether its rows are counted by status as well. */
const lists = {
  payments: true,
  attempts: true,
  customers: true,
  products: false,
  plans: false,
  links: false,
  subscriptions: false,
  refunds: false,
  invoices: false,
} as const

/** Asks the test library only when something is wrong: it is slow where a database has many rows. */
function agree(actual: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, wanted)) expect(actual, what).toEqual(wanted)
}

export async function checkInvariants(db: Db): Promise<void> {
  const all = <T extends keyof Tables>(table: T) =>
    db
      .selectFrom(table as 'sessions')
      .selectAll()
      .execute() as Promise<unknown> as Promise<Tables[T][]>
  const [sessions, intents, payments, attempts, events, ledger, refunds, subscriptions, invoices, challenges] =
    await Promise.all([
      all('sessions'),
      all('intents'),
      all('payments'),
      all('attempts'),
      all('events'),
      all('ledger'),
      all('refunds'),
      all('subscriptions'),
      all('invoices'),
      all('challenges'),
    ])
  const challengesOf = Map.groupBy(challenges, (row) => row.intent_id)
  const settled = new Set(['succeeded', 'partially_refunded', 'refunded'])
  const sessionOf = new Map(sessions.map((row) => [row.id, row]))
  const intentOf = new Map(intents.map((row) => [row.id, row]))
  const paymentOf = new Map(payments.map((row) => [row.intent_id, row]))
  const attemptsOf = Map.groupBy(attempts, (row) => row.intent_id)
  const ledgerOf = Map.groupBy(ledger, (row) => row.payment_id)
  const refundsOf = Map.groupBy(refunds, (row) => row.payment_id)
  const sum = (rows: readonly { amount: number }[]) => rows.reduce((total, row) => total + row.amount, 0)

  for (const intent of intents) {
    const payment = paymentOf.get(intent.id)
    const own = attemptsOf.get(intent.id) ?? []
    const paid = intent.status === 'succeeded'
    const { id } = intent
    agree(own.filter((row) => row.status === 'succeeded').length, paid ? 1 : 0, `succeeded attempts of ${id}`)
    agree(own.length, intent.attempts, `attempts of ${id} are counted`)
    const open = (challengesOf.get(id) ?? []).filter((row) => row.status === 'open')
    const waiting = intent.status === 'requires_action'
    agree([open.length, intent.challenge_id], waiting ? [1, open[0]?.id] : [0, null], `what ${id} waits for`)
    agree(
      own.filter((row) => row.status === 'requires_action').map((row) => row.id),
      open.map((row) => row.attempt_id),
      `the card of ${id} whose bank asks`,
    )
    agree(payment?.id ?? null, intent.payment_id, `the payment of ${id}`)
    agree(payment?.session_id ?? intent.session_id, intent.session_id, `the session of ${id} and of its payment`)
    // A card that the shop charged by itself.
    if (intent.session_id === null) continue
    const session = sessionOf.get(intent.session_id)!
    const status = intent.purpose === 'setup' ? 'no_payment_required' : paid ? 'paid' : 'unpaid'
    agree(session.payment_status, status, `the session of ${id} is paid exactly when it took money`)
    if (intent.purpose === 'setup') agree(intent.payment_id, null, `${id} only saves a card and has no payment`)
    agree(session.status === 'complete', paid, `the session of ${id} is complete exactly when it succeeded`)
    if (session.status === 'expired') agree(intent.status, 'canceled', `the intent of the ended ${session.id}`)
    agree([intent.amount, intent.currency], [session.amount, session.currency], `amounts of ${id} never change`)
  }
  for (const payment of payments) {
    const { id } = payment
    const intent = intentOf.get(payment.intent_id)!
    agree(
      settled.has(payment.status),
      intent.status === 'succeeded',
      `${id} is settled exactly when ${intent.id} succeeded`,
    )
    agree([payment.amount, payment.currency], [intent.amount, intent.currency], `amounts of ${id} never change`)
    const entries = ledgerOf.get(id) ?? []
    agree(sum(entries), 0, `debits equal credits for ${id}`)
    agree(
      sum(entries.filter((row) => row.account.startsWith('processor:'))),
      settled.has(payment.status) ? payment.amount - payment.refunded : 0,
      `what is booked for ${id} is what was captured and not given back`,
    )
    const own = refundsOf.get(id) ?? []
    const counted = own.filter((row) => row.status === 'pending' || row.status === 'succeeded')
    agree(sum(counted), payment.refunded, `refunds of ${id} that are pending or succeeded add up`)
    agree(payment.refunded <= payment.amount, true, `no more than was paid goes back of ${id}`)
    // A capture and each refund are two entries; a refund that failed has two more that take it back.
    const entriesWanted = settled.has(payment.status) ? 2 + 2 * own.length + 2 * (own.length - counted.length) : 0
    agree(entries.length, entriesWanted, `entries of ${id}`)
    if (settled.has(payment.status)) {
      const status =
        payment.refunded === 0 ? 'succeeded' : payment.refunded < payment.amount ? 'partially_refunded' : 'refunded'
      agree(payment.status, status, `the status of ${id} says how much of it went back`)
    }
    for (const refund of own) {
      agree(
        [refund.account_id, refund.live, refund.currency, refund.amount > 0],
        [payment.account_id, payment.live, payment.currency, true],
        `${refund.id} belongs to ${id}`,
      )
      const attempt = (attemptsOf.get(payment.intent_id) ?? []).find((row) => row.status === 'succeeded')
      agree(refund.attempt_id, attempt?.id, `${refund.id} goes back where the money came from`)
      if (refund.status === 'pending') agree(refund.check_at !== null, true, `somebody asks about ${refund.id}`)
      if (refund.status === 'failed') agree([refund.check_at, refund.failure_reason !== null], [null, true], refund.id)
    }
  }
  for (const subscription of subscriptions) {
    const { id } = subscription
    const begun = !['incomplete', 'incomplete_expired'].includes(subscription.status)
    if (subscription.session_id === null) {
      const own = payments.filter((row) => row.subscription_id === id)
      if (begun && own.length > 0 && subscription.trial_end === null)
        agree(
          own.some((row) => settled.has(row.status)),
          true,
          `${id} was paid for`,
        )
      if (!begun)
        agree(
          own.some((row) => settled.has(row.status)),
          false,
          `${id} has not begun and is not paid`,
        )
      continue
    }
    const session = sessionOf.get(subscription.session_id)!
    agree(session.subscription_id, id, `the session of ${id} knows it`)
    agree(session.customer_id, subscription.customer_id, `the customer of ${id}`)
    agree(session.plan_id, subscription.plan_id, `the plan of ${id}`)
    agree(begun, session.status === 'complete', `${id} has begun exactly when its session is complete`)
    if (session.status === 'expired') agree(subscription.status, 'incomplete_expired', `${id} of an ended session`)
    if (subscription.status === 'incomplete_expired') agree(session.status, 'expired', `the session of the ended ${id}`)
  }
  agree(
    sessions.filter((row) => row.subscription_id !== null && row.mode !== 'setup').length,
    subscriptions.filter((row) => row.session_id !== null).length,
    'one session a subscription',
  )
  const invoicesOf = Map.groupBy(invoices, (row) => row.subscription_id)
  const paymentById = new Map(payments.map((row) => [row.id, row]))
  for (const invoice of invoices) {
    const { id, status } = invoice
    const payment = invoice.payment_id === null ? undefined : paymentById.get(invoice.payment_id)
    if (status === 'paid') {
      agree([payment && settled.has(payment.status), invoice.paid_at === null], [true, false], `${id} is paid`)
      agree([payment?.amount, payment?.currency], [invoice.amount, invoice.currency], `what was paid for ${id}`)
      agree(payment?.intent_id, invoice.intent_id, `the intent of ${id}`)
    } else if (status !== 'void') {
      agree([payment && settled.has(payment.status), invoice.paid_at], [payment && false, null], `${id} is not paid`)
    }
    if (status !== 'open') agree(invoice.next_attempt_at, null, `nothing is tried for ${id}, which is ${status}`)
  }
  const payers = invoices.filter((row) => row.status === 'paid').map((row) => row.payment_id)
  agree(new Set(payers).size, payers.length, 'invoices that share a payment')
  for (const subscription of subscriptions) {
    const { id, status } = subscription
    const own = (invoicesOf.get(id) ?? []).toSorted((a, b) => (a.period_start < b.period_start ? -1 : 1))
    const [last] = own.slice(-1)
    const open = own.filter((row) => row.status === 'open')
    const tried = open.some((row) => row.intent_id !== null && intentOf.get(row.intent_id)?.status === 'processing')
    // A trial that begins on a page costs nothing before it is over.
    const beginsPaid = sessionOf.get(subscription.session_id ?? '')?.payment_status !== 'no_payment_required'
    const mayOwe = {
      incomplete: [beginsPaid ? 1 : 0],
      past_due: [1],
      unpaid: [1],
      paused: [tried ? 1 : 0],
      active: [tried ? 1 : 0],
      trialing: [tried ? 1 : 0],
    } as const
    agree([open.length], mayOwe[status as keyof typeof mayOwe] ?? [0], `open invoices of ${id}, which is ${status}`)
    for (const [n, { period_start }] of own.entries()) {
      if (n > 0) agree(period_start, own[n - 1]!.period_end, `periods of ${id} follow each other`)
    }
    // Those that are as old as the rows before there were invoices have none of their own.
    if (last && !(status === 'trialing' && !tried)) {
      const period = [subscription.current_period_start, subscription.current_period_end]
      agree([last.period_start, last.period_end], period, `the last invoice of ${id} is for its current period`)
    }
    const waits = !['incomplete', 'incomplete_expired', 'canceled', 'paused'].includes(status) && !tried
    if (waits) agree(subscription.due_at === null, false, `something is due of ${id} one day`)
    if (['incomplete_expired', 'canceled', 'paused'].includes(status))
      agree(subscription.due_at, null, `nothing is due of ${id}`)
  }

  const versionsOf = Map.groupBy(events, (row) => row.object_id)
  const everyChangeOnce = (rows: readonly { id: string; version: number }[], from: number) => {
    for (const { id, version } of rows) {
      const announced = (versionsOf.get(id) ?? []).map((row) => row.version).sort((a, b) => a - b)
      const wanted = Array.from({ length: version - from + 1 }, (_, n) => n + from)
      agree(announced, wanted, `events of ${id}`)
    }
  }
  // Making a session or an intent is no news; what becomes of it is.
  everyChangeOnce(sessions, 2)
  everyChangeOnce(intents, 2)
  for (const rows of [payments, refunds, subscriptions, invoices]) everyChangeOnce(rows, 1)
  for (const table of ['customers', 'products', 'plans', 'links'] as const) everyChangeOnce(await all(table), 1)

  await checkLists(db)
}

/** Every list knows how many rows it has, numbered without gaps, and how many of them have which status. */
async function checkLists(db: Db): Promise<void> {
  const totals = await db.selectFrom('lists').selectAll().execute()
  const blocks = await db.selectFrom('list_blocks').selectAll().execute()
  for (const [list, counted] of Object.entries(lists)) {
    // All listed tables have these columns, and those of three have a status.
    const rows = (await db
      .selectFrom(list as 'payments')
      .select(['account_id', 'live', 'number', ...(counted ? (['status'] as const) : [])])
      // An attempt that only saves a card is in no list.
      .where('number', 'is not', null)
      .execute()) as { account_id: string; live: number; number: number; status?: string }[]
    const own = Map.groupBy(rows, (row) => `${row.account_id} ${row.live}`)
    const known = totals.filter((row) => row.list === list && row.total > 0)
    agree(
      Object.fromEntries(known.map((row) => [`${row.account_id} ${row.live}`, row.total])),
      Object.fromEntries([...own].map(([owner, of]) => [owner, of.length])),
      `how many ${list} each account has`,
    )
    for (const [owner, of] of own) {
      const numbers = of.map((row) => row.number).sort((a, b) => a - b)
      agree(
        numbers,
        Array.from(numbers, (_, n) => n + 1),
        `numbers of the ${list} of ${owner}`,
      )
    }
    const wanted = new Map<string, number>()
    for (const { account_id, live, number, status } of counted ? rows : []) {
      for (const [level, size] of blockSizes.entries()) {
        const place = `${account_id} ${live} ${status} ${level} ${Math.floor(number / size)}`
        wanted.set(place, (wanted.get(place) ?? 0) + 1)
      }
    }
    const kept = blocks.filter((row) => row.list === list && row.total !== 0)
    agree(
      Object.fromEntries(
        kept.map((row) => [`${row.account_id} ${row.live} ${row.status} ${row.level} ${row.block}`, row.total]),
      ),
      Object.fromEntries(wanted),
      `how many ${list} have which status in which block`,
    )
  }
}
