import { z } from '@hono/zod-openapi'
import { confirmIntent, createIntent, findIntent } from '../actions/payments.ts'
import { intentStatuses } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import { publicFailure } from '../domain/intent.ts'
import { limitSession } from '../wire/limit.ts'
import { languageFor, reply } from '../wire/reply.ts'
import { showIntent, showNewIntent } from '../wire/show.ts'
import { countedRoute, onlyFor, publicRoute } from './cors.ts'
import { cardProblem } from './errors.ts'
import { command, face, idText, marked, route } from './face.ts'

const newIntent = z.object({ session_id: idText }).openapi('NewIntent')

const createdIntent = z
  .object({
    client_secret: z.string(),
    id: z.string(),
    status: z.enum(intentStatuses),
    amount: z.string(),
    currency: z.string(),
  })
  .openapi('CreatedIntent')

const failure = z.object({ code: z.string(), decline_code: z.string().nullable(), message: z.string() })

const intent = z
  .object({
    id: z.string(),
    object: z.literal('payment_intent'),
    status: z.enum(intentStatuses),
    amount: z.string(),
    currency: z.string(),
    payment_id: z.string().nullable(),
    session_id: z.string(),
    next_action: z.object({ type: z.literal('redirect_to_url'), url: z.string() }).nullable(),
    last_payment_error: failure.nullable(),
    test: z.boolean(),
  })
  .openapi('Intent')

/** Clients write these as text or as numbers. */
const wholeNumber = z.union([z.int(), z.string().regex(/^\s*\d{1,4}\s*$/)]).transform(Number)
const digits = z.union([z.string().max(40), z.int()]).transform(String)

const confirmation = z
  .object({
    client_secret: z.string().max(300),
    card: z.object({
      number: digits.openapi({ example: '4242424242424242' }),
      exp_month: wholeNumber.openapi({ example: 12 }),
      exp_year: wholeNumber.openapi({ example: 2034 }),
      cvc: digits.optional().openapi({ example: '123' }),
    }),
    postal_code: z.string().max(20).optional(),
    email: z.string().max(320).optional(),
    name: z.string().max(200).optional(),
  })
  .openapi('Confirmation')

const intentPath = z.object({ id: idText })

/** Payment intents: what a page does with a session. */
export function intents(deps: Deps) {
  const app = face()
  app.use('/intent', publicRoute(deps, 'POST'))
  app.use('/intent/:id', publicRoute(deps, 'GET'))
  app.use('/intent/:id/confirm', countedRoute(deps))
  return app
    .openapi(
      route('post', '/intent', {
        summary: 'Create the payment intent of a session, or read it again',
        body: newIntent,
        answer: createdIntent,
        status: 201,
      }),
      async (c) => {
        const body = c.req.valid('json')
        limitSession(deps, body.session_id)
        const wanted = { sessionId: body.session_id }
        const made = marked(c, await createIntent(deps, command(c, deps, `session ${body.session_id}`, body, wanted)))
        onlyFor(c, await deps.accounts.account(made.accountId))
        return reply(c, showNewIntent(made, deps.secrets.clientSecret(made.id)), 201)
      },
    )
    .openapi(
      // No page of another origin may call this: cards are typed into the frame, which is of ours.
      route('post', '/intent/{id}/confirm', {
        summary: 'Try a card; the card frame calls it, and in the sandbox any HTTP client may',
        extension: true,
        params: intentPath,
        body: confirmation,
        answer: intent,
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const body = c.req.valid('json')
        limitSession(deps, id)
        const wanted = {
          intentId: id,
          clientSecret: body.client_secret,
          card: {
            number: body.card.number,
            expMonth: body.card.exp_month,
            expYear: body.card.exp_year,
            cvc: body.card.cvc,
            postalCode: body.postal_code,
          },
        }
        const done = marked(c, await confirmIntent(deps, command(c, deps, `intent ${id}`, body, wanted)))
        if (done.failure) {
          const { code, declineCode } = publicFailure(done.failure)
          throw cardProblem(code, declineCode, { intent: done.intent })
        }
        return reply(c, showIntent(done.intent, languageFor(c)), 200)
      },
    )
    .openapi(
      route('get', '/intent/{id}', {
        summary: 'Read the public view of an intent with its client secret in X-Client-Secret',
        extension: true,
        params: intentPath,
        answer: intent,
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        limitSession(deps, id)
        const found = await findIntent(deps, id, c.req.header('x-client-secret') ?? '')
        onlyFor(c, await deps.accounts.account(found.accountId))
        return reply(c, showIntent(found, languageFor(c)), 200)
      },
    )
}
