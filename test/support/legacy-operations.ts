/**
 * Every operation of the legacy API, as its reference has them: the endpoints of its table, and the further paths of its
 * point 6. For each a request that is right, and what the answer must hold; more may stand beside that.
 */
import { z } from 'zod'
import { asFormText, type BodyForm, bodyForms, type Fields, withTextNumbers } from './body-forms.ts'
import { card, type LegacyShop, Named, newCustomer, newPlan } from './legacy-shop.ts'
import { type Answer, oauthClient, type TestApp } from './make-app.ts'

export type LegacyAsked = { path?: Record<string, Named>; query?: Record<string, Named>; fields?: Fields }
export type LegacyOperation = {
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** What stands between braces is named by the request. */
  path: string
  /** Made anew each time, together with what it is about. */
  right: (shop: LegacyShop) => LegacyAsked | Promise<LegacyAsked>
  status: 200 | 201 | 202 | 204
  /** What every such answer holds. */
  answer: z.ZodType
  /** What the answer to the right request holds besides. */
  effect?: z.ZodType
}

/** The statuses of this face: the reference's, 202 for the plugin's checkout, and 409 for a key whose request is at work. */
export const legacyStatuses: ReadonlySet<number> = new Set([
  200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 429, 500, 503,
])

const key = z.string().regex(/^[A-Za-z\d]{32}$/)
const currency = z.string().regex(/^[a-z]{3}$/)
const month = z.int().min(1).max(12)
const decimal = z.number().positive()

const token = z.object({
  access_token: z.string().regex(/^[A-Za-z\d]{6,64}$/),
  token_type: z.literal('Bearer'),
  expires_in: z.literal(36_000),
  scope: z.literal('read write groups'),
})
const account = z.object({
  developer_key: key,
  test: z.boolean(),
  page: z.string(),
  bank_name: z.string(),
  bank_aba_route: z.string(),
  bank_account_number: z.string(),
  bank_account_type: z.string(),
  bank_sinpe: z.string(),
})
const customer = z.object({
  id: z.int().positive(),
  name: z.string(),
  email: z.email(),
  currency,
  credit_card_number: z.string().regex(/^\*{13}\d{4}$/),
  credit_card_security_code_number: z.literal('***'),
  exp_month: month,
  exp_year: z.int().min(2000),
  test: z.boolean(),
  key,
})
const chargeLog = z.object({
  status: z.enum(['succeeded', 'failed', 'pending', 'requires_action', 'canceled']),
  entity_description: z.string(),
  amount: decimal,
  date: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  description: z.string(),
})
const charge = z.object({
  charge_id: z.string(),
  customer: key.nullable(),
  charge_by_customer: z.boolean(),
  charge_log: chargeLog.extend({
    status: z.literal('succeeded'),
    currency,
    refunded: z.literal(false),
    card: z.object({
      last4: z.string().regex(/^\d{4}$/),
      brand: z.string().min(1),
      cvc: z.literal('***'),
      exp_month: month,
      exp_year: z.int().min(2000),
    }),
  }),
  created_on: z.iso.datetime(),
  created_on_pretty: z.string().min(10),
  created_on_date: z.iso.date(),
  test: z.literal(true),
})
const log = z.object({ charge_id: z.string(), customer: customer.nullable(), charge_log: chargeLog })
const plan = z.object({
  key,
  information: z.object({
    id_name: z.string().min(1),
    currency,
    amount: z.int().positive(),
    name: z.string().min(1),
    created: z.int().min(1_500_000_000),
    credit_card_description: z.string().nullable(),
    trial_period_days: z.int().positive().nullable(),
    interval: z.enum(['month', 'week', 'day', 'year']),
    interval_count: z.int().positive(),
  }),
})
const subscription = z.object({
  id: z.int().positive(),
  subscription_id: z.string().startsWith('sub_'),
  developer: account,
  customer,
})
const refund = z.object({
  refund_id: z.string(),
  charge_id: z.string(),
  amount: decimal,
  currency,
  reason: z.string().nullable(),
  status: z.enum(['pending', 'succeeded', 'failed', 'canceled']),
  test: z.literal(true),
})
const checkout = z.object({
  code: z.literal(202),
  data: z.object({ id: z.string().startsWith('pay_'), redirect: z.url() }),
})
const nothing = z.literal('')
const someItems = z.array(z.unknown()).min(1)

/** What every refusal holds, for whoever reads it. Source: the reference's point 8. */
export const legacyError = z.object({
  detail: z.string().min(3),
  error: z.object({
    en: z.string().min(3),
    es: z.string().min(3),
    message: z.string().min(3),
    code: z.string().regex(/^[a-z_]+$/),
    param: z.string().nullable(),
    type: z.string().regex(/^[a-z_]+_error$/),
  }),
})
export type LegacyErrorBody = z.infer<typeof legacyError> & Record<string, unknown>

const accountChange = {
  page: 'http://my_website.com',
  bank_name: 'new_bank_name',
  bank_aba_route: 123123,
  bank_account_number: '15201001026284066',
  bank_account_type: 'DB',
  bank_sinpe: '15201001026284066',
  test: false,
}
const customerChange = {
  ...card,
  name: 'Anthony Stark',
  exp_month: 11,
  exp_year: 2035,
  email: 'anthony@4geeks.io',
  currency: 'CRC',
  test: true,
}
const entity = { description: 'some_description_here', entity_description: 'some_text_here' }
const planFields = { ...newPlan, trial_period_days: 0, credit_card_description: 'Descripción' }
const order = {
  amount: '25.50',
  currency: 'USD',
  description: 'Pedido 42',
  items: [{ name: 'Café de altura', quantity: 2 }, 'Envío'],
  customer: { first_name: 'Ana', last_name: 'Mora', email: 'ana@example.com', phone: '8888-8888', country: 'CR' },
  return_url: 'https://shop.example/orders/42',
}
const withCustomer = async (shop: LegacyShop): Promise<LegacyAsked> => ({ path: { customer: await shop.customer() } })

const withToken: LegacyOperation[] = [
  { id: 'getAccount', method: 'GET', path: '/v1/accounts/me/', right: () => ({}), status: 200, answer: account },
  ...(['PUT', 'PATCH'] as const).map((method) => ({
    id: `${method} account`,
    method,
    path: '/v1/accounts/me/',
    right: () => ({ fields: { ...accountChange } }),
    status: 200 as const,
    answer: account,
  })),
  ...(['customers', 'customer'] as const).flatMap((path): LegacyOperation[] => [
    {
      id: `list ${path}`,
      method: 'GET',
      path: `/v1/accounts/${path}/`,
      right: async (shop) => (await shop.customer(), {}),
      status: 200,
      answer: z.array(customer),
      effect: someItems,
    },
    {
      id: `create ${path}`,
      method: 'POST',
      path: `/v1/accounts/${path}/`,
      right: () => ({ fields: { ...newCustomer, test: true } }),
      status: 201,
      answer: customer,
    },
  ]),
  {
    id: 'getCustomer',
    method: 'GET',
    path: '/v1/accounts/customer/{customer}/',
    right: withCustomer,
    status: 200,
    answer: customer,
  },
  ...(['PUT', 'PATCH'] as const).map((method) => ({
    id: `${method} customer`,
    method,
    path: '/v1/accounts/customer/{customer}/',
    right: async (shop: LegacyShop) => ({ ...(await withCustomer(shop)), fields: { ...customerChange } }),
    status: 200 as const,
    answer: customer,
    effect: z.object({ name: z.literal('Anthony Stark'), exp_month: z.literal(11), currency: z.literal('crc') }),
  })),
  {
    id: 'deleteCustomer',
    method: 'DELETE',
    path: '/v1/accounts/customer/{customer}/',
    right: withCustomer,
    status: 204,
    answer: nothing,
  },
  {
    id: 'createCharge',
    method: 'POST',
    path: '/v1/charges/create/',
    right: async (shop) => ({
      fields: { customer_key: await shop.customer(), amount: 90.32, ...entity, currency: 'usd' },
    }),
    status: 201,
    answer: charge,
    effect: z.object({ customer: key, charge_by_customer: z.literal(true) }),
  },
  {
    id: 'createSimpleCharge',
    method: 'POST',
    path: '/v1/charges/simple/create/',
    right: () => ({ fields: { amount: 800.55, ...entity, currency: 'USD', ...card } }),
    status: 201,
    answer: charge,
    effect: z.object({ customer: z.null(), charge_by_customer: z.literal(false) }),
  },
  {
    id: 'listLogs',
    method: 'GET',
    path: '/v1/charges/logs/',
    right: async (shop) => (await shop.charge(), {}),
    status: 200,
    answer: z.array(log),
    effect: someItems,
  },
  {
    id: 'listLogsOfCustomer',
    method: 'GET',
    path: '/v1/charges/logs/',
    right: async (shop) => {
      const of = await shop.customer()
      await shop.customerCharge(of)
      return { query: { customer: of } }
    },
    status: 200,
    answer: z.array(log),
    effect: z.array(z.object({ customer })).length(1),
  },
  {
    id: 'getLog',
    method: 'GET',
    path: '/v1/charges/logs/{charge}/',
    right: async (shop) => ({ path: { charge: await shop.customerCharge(await shop.customer()) } }),
    status: 200,
    answer: log,
    effect: z.object({ customer }),
  },
  {
    id: 'createPlan',
    method: 'POST',
    path: '/v1/plans/create/',
    right: (shop) => ({ fields: { id_name: shop.planName(), ...planFields } }),
    status: 201,
    answer: plan,
  },
  {
    id: 'createNamelessPlan',
    method: 'POST',
    path: '/v1/plans/create/',
    right: () => ({ fields: { ...newPlan } }),
    status: 201,
    answer: plan,
  },
  {
    id: 'listPlans',
    method: 'GET',
    path: '/v1/plans/mine/',
    right: async (shop) => (await shop.plan(), {}),
    status: 200,
    answer: z.array(plan),
    effect: someItems,
  },
  {
    id: 'getPlan',
    method: 'GET',
    path: '/v1/plans/mine/{plan}/',
    right: async (shop) => ({ path: { plan: await shop.plan() } }),
    status: 200,
    answer: plan,
  },
  {
    id: 'deletePlan',
    method: 'DELETE',
    path: '/v1/plans/mine/{plan}/',
    right: async (shop) => ({ path: { plan: await shop.plan() } }),
    status: 204,
    answer: nothing,
  },
  ...(['plan_id_name', 'plan_key'] as const).map((field) => ({
    id: `subscribe by ${field}`,
    method: 'POST' as const,
    path: '/v1/plans/subscribe/',
    right: async (shop: LegacyShop) => ({
      fields: { customer_key: await shop.customer(), [field]: await shop.plan() },
    }),
    status: 201 as const,
    answer: subscription,
  })),
  {
    id: 'listSubscriptions',
    method: 'GET',
    path: '/v1/plans/subscriptions/',
    right: async (shop) => (await shop.subscription(), {}),
    status: 200,
    answer: z.array(subscription),
    effect: someItems,
  },
  {
    id: 'getSubscription',
    method: 'GET',
    path: '/v1/plans/subscription/{subscription}/',
    right: async (shop) => ({ path: { subscription: await shop.subscription() } }),
    status: 200,
    answer: subscription,
  },
  {
    id: 'unsubscribe',
    method: 'DELETE',
    path: '/v1/plans/un-subscribe/',
    right: async (shop) => ({ fields: { subscription_id: await shop.subscription() } }),
    status: 204,
    answer: nothing,
  },
  {
    // The document calls its field one of the address.
    id: 'unsubscribeByQuery',
    method: 'DELETE',
    path: '/v1/plans/un-subscribe/',
    right: async (shop) => ({ query: { subscription_id: await shop.subscription() } }),
    status: 204,
    answer: nothing,
  },
  {
    id: 'unsubscribeByPath',
    method: 'DELETE',
    path: '/v1/plans/un-subscribe/{subscription}/',
    right: async (shop) => ({ path: { subscription: await shop.subscription() } }),
    status: 204,
    answer: nothing,
  },
  {
    id: 'createRefund',
    method: 'POST',
    path: '/v1/refunds/',
    right: async (shop) => ({
      fields: { charge_id: await shop.charge(), amount: 10.5, reason: 'requested_by_customer' },
    }),
    status: 201,
    answer: refund,
  },
  {
    id: 'listRefunds',
    method: 'GET',
    path: '/v1/refunds/',
    right: async (shop) => (await shop.refund(), {}),
    status: 200,
    answer: z.array(refund),
    effect: someItems,
  },
  {
    id: 'getRefund',
    method: 'GET',
    path: '/v1/refunds/{refund}/',
    right: async (shop) => ({ path: { refund: await shop.refund() } }),
    status: 200,
    answer: refund,
  },
  {
    id: 'createCheckout',
    method: 'POST',
    path: '/v1/payments/checkout/',
    right: () => ({ fields: structuredClone(order) }),
    status: 202,
    answer: checkout,
  },
]

/** The one that takes no token, and has errors of its own. */
export const tokenOperation: LegacyOperation = {
  id: 'createToken',
  method: 'POST',
  path: '/authentication/token/',
  right: () => ({
    fields: { grant_type: 'client_credentials', client_id: oauthClient.id, client_secret: oauthClient.secret },
  }),
  status: 200,
  answer: token,
}

export const legacyOperations: readonly LegacyOperation[] = withToken

/** The same path as this face takes it: with one slash between its parts, and none at its end. */
export const plainPath = (path: string): string => path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')

/** How a request is written, where that does not matter to what it means. */
export type Way = {
  /** The token, or none. */
  token?: string | undefined
  headers?: Record<string, string>
  form?: BodyForm
  /** Whether numbers are sent as text. */
  textNumbers?: boolean
  slash?: 'one' | 'none' | 'doubled'
  /** Which of its names is said of each object: the first is the document's. */
  nth?: number
  /** Instead of the fields. */
  body?: BodyInit
  method?: string
}

const said = (value: unknown, nth: number): unknown =>
  value instanceof Named ? value.names[Math.min(nth, value.names.length - 1)] : value

/** What the fields of a request are, once each object is called by one of its names. */
export const fieldsOf = ({ fields = {} }: LegacyAsked, nth = 0): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, said(value, nth)]))

export function legacyAddress(
  operation: LegacyOperation,
  { path = {}, query = {} }: LegacyAsked,
  { slash = 'one', nth = 0 }: Way = {},
): string {
  const filled = operation.path.replaceAll(/\{(.+?)\}/g, (_, name: string) =>
    encodeURIComponent(String(said(path[name], nth))),
  )
  const plain =
    slash === 'one' ? filled : slash === 'none' ? filled.slice(0, -1) : `/${filled.slice(1).replaceAll('/', '//')}`
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, asFormText(said(value, nth))]),
  ).toString()
  return plain + (search && `?${search}`)
}

/** Sends a request of this face. */
export function sendLegacy<T = unknown>(
  { ask }: TestApp,
  operation: LegacyOperation,
  asked: LegacyAsked,
  way: Way = {},
): Promise<Answer<T>> {
  const { form = bodyForms[0]!, textNumbers = false } = way
  const fields = fieldsOf(asked, way.nth)
  const written =
    way.body !== undefined
      ? { body: way.body, headers: { 'Content-Type': 'application/json' } }
      : asked.fields && form.write(textNumbers ? withTextNumbers(fields) : fields)
  return ask<T>(legacyAddress(operation, asked, way), {
    method: way.method ?? operation.method,
    headers: {
      ...written?.headers,
      ...(way.token !== undefined && { Authorization: `bearer ${way.token}` }),
      ...way.headers,
    },
    ...(written && { body: written.body }),
    ...(written?.body instanceof ReadableStream && { duplex: 'half' }),
  } as RequestInit)
}
