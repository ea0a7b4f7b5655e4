/**
 * The sandbox's bank: the page on which a buyer passes a 3-D Secure challenge, fails it or turns back; for the cards that ask for a
 * captcha it asks whether there is a person. The card frame shows it inside itself; it is a page of its own as well. It runs no
 * script: its buttons send a form.
 */
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { answerChallenge, lookForChallenge, type ShownChallenge } from '../actions/challenges.ts'
import { formatMoney } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import { type ChallengeAnswer, challengeAnswers, isWaiting } from '../domain/challenge.ts'
import { Problem } from '../domain/problem.ts'
import { savesOnly } from '../domain/session.ts'
import { findCardByName } from '../domain/test-cards.ts'
import { countedPage, dressPage } from '../page-headers.ts'
import { limitSession } from '../wire/limit.ts'
import { showPrice } from '../wire/price.ts'
import type { Env } from '../wire/reply.ts'
import { type PageLanguage, pageLocale } from './page.ts'

/** What a challenge has come to, as its page tells it. */
type Told =
  | 'open'
  | 'busy'
  | 'processing'
  | 'paid'
  | 'saved'
  | 'declined'
  | 'failed'
  | 'canceled'
  | 'timed_out'
  | 'superseded'
  | 'unknown'

/** What is asked, and the two ways to answer it. */
type Question = Record<'title' | 'note' | 'passed' | 'failed', string>

type Words = {
  bank: string
  merchant: string
  amount: string
  card: string
  nothing: string
  owner: Question
  captcha: Question
  canceled: string
  back: string
  test: string
  told: Record<Exclude<Told, 'open'>, readonly [title: string, note: string]>
}

const texts: Record<PageLanguage, Words> = {
  en: {
    bank: 'Test bank',
    merchant: 'Shop',
    amount: 'Amount',
    card: 'Card',
    nothing: 'Nothing is charged now',
    owner: {
      title: 'Is this you?',
      note: 'Confirm that you are using your card.',
      passed: 'Yes, it is me',
      failed: 'Not me',
    },
    captcha: {
      title: 'Are you a person?',
      note: 'Your bank wants to be sure that no program is trying cards.',
      passed: 'I am a person',
      failed: 'I am a program',
    },
    canceled: 'Cancel',
    back: 'Back to the payment',
    test: 'This stands in for your bank while a shop is tested. No money moves.',
    told: {
      busy: ['One moment', 'A card is being charged for this right now. Wait a moment and confirm again.'],
      processing: ['Confirmed', 'Your payment is being processed.'],
      paid: ['Confirmed', 'Your payment was made.'],
      saved: ['Confirmed', 'Your card is saved.'],
      declined: ['Confirmed, but declined', 'Your bank did not approve the payment. Nothing was charged.'],
      failed: ['Not confirmed', 'Your bank could not confirm that it was you. Nothing was charged.'],
      canceled: ['Cancelled', 'You did not confirm. Nothing was charged.'],
      timed_out: ['Too late', 'Your bank waited for ten minutes. Nothing was charged by this confirmation.'],
      superseded: ['No longer needed', 'This confirmation is not valid any more. Nothing was charged by it.'],
      unknown: ['There is no such confirmation', 'Go back to the shop and start the payment again.'],
    },
  },
  es: {
    bank: 'Banco de prueba',
    merchant: 'Comercio',
    amount: 'Monto',
    card: 'Tarjeta',
    nothing: 'Ahora no se cobra nada',
    owner: {
      title: '¿Es usted?',
      note: 'Confirme que está usando su tarjeta.',
      passed: 'Sí, soy yo',
      failed: 'No soy yo',
    },
    captcha: {
      title: '¿Es usted una persona?',
      note: 'Su banco quiere asegurarse de que no sea un programa probando tarjetas.',
      passed: 'Soy una persona',
      failed: 'Soy un programa',
    },
    canceled: 'Cancelar',
    back: 'Volver al pago',
    test: 'Esta página hace de su banco mientras se prueba una tienda. No se mueve dinero.',
    told: {
      busy: ['Un momento', 'Se está cobrando una tarjeta por esto. Espere un momento y confirme de nuevo.'],
      processing: ['Confirmado', 'Su pago se está procesando.'],
      paid: ['Confirmado', 'Su pago se realizó.'],
      saved: ['Confirmado', 'Su tarjeta quedó guardada.'],
      declined: ['Confirmado, pero rechazado', 'Su banco no aprobó el pago. No se cobró nada.'],
      failed: ['Sin confirmar', 'Su banco no pudo confirmar que era usted. No se cobró nada.'],
      canceled: ['Cancelado', 'Usted no confirmó. No se cobró nada.'],
      timed_out: ['Se acabó el tiempo', 'Su banco esperó diez minutos. Con esta confirmación no se cobró nada.'],
      superseded: ['Ya no hace falta', 'Esta confirmación ya no vale. Con ella no se cobró nada.'],
      unknown: ['No existe esa confirmación', 'Vuelva a la tienda y empiece el pago de nuevo.'],
    },
  },
  pt: {
    bank: 'Banco de teste',
    merchant: 'Loja',
    amount: 'Valor',
    card: 'Cartão',
    nothing: 'Agora nada é cobrado',
    owner: {
      title: 'É você?',
      note: 'Confirme que está usando seu cartão.',
      passed: 'Sim, sou eu',
      failed: 'Não sou eu',
    },
    captcha: {
      title: 'Você é uma pessoa?',
      note: 'Seu banco quer ter certeza de que não é um programa testando cartões.',
      passed: 'Sou uma pessoa',
      failed: 'Sou um programa',
    },
    canceled: 'Cancelar',
    back: 'Voltar ao pagamento',
    test: 'Esta página faz o papel do seu banco enquanto uma loja é testada. Nenhum dinheiro se move.',
    told: {
      busy: ['Um momento', 'Um cartão está sendo cobrado por isto agora. Espere um momento e confirme de novo.'],
      processing: ['Confirmado', 'Seu pagamento está sendo processado.'],
      paid: ['Confirmado', 'Seu pagamento foi feito.'],
      saved: ['Confirmado', 'Seu cartão está salvo.'],
      declined: ['Confirmado, mas recusado', 'Seu banco não aprovou o pagamento. Nada foi cobrado.'],
      failed: ['Não confirmado', 'Seu banco não conseguiu confirmar que era você. Nada foi cobrado.'],
      canceled: ['Cancelado', 'Você não confirmou. Nada foi cobrado.'],
      timed_out: ['O tempo acabou', 'Seu banco esperou dez minutos. Com esta confirmação nada foi cobrado.'],
      superseded: ['Não é mais necessário', 'Esta confirmação não vale mais. Com ela nada foi cobrado.'],
      unknown: ['Essa confirmação não existe', 'Volte à loja e comece o pagamento de novo.'],
    },
  },
}

/** As narrow as a bank's window ever is: 250 by 400. */
const look = `
:root { color-scheme: light dark; background: light-dark(#fff, #14171d); scrollbar-width: thin; scrollbar-color: light-dark(#868d9c, #6b7385) transparent; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; grid-template-rows: auto 1fr; font: 15px/1.45 system-ui, sans-serif;
  color: light-dark(#16181d, #f2f3f5); overflow-wrap: anywhere; }
header { display: flex; align-items: center; gap: 8px; padding: 12px max(16px, 50% - 184px); font-weight: 650; color: #fff; background: #14532d; }
header svg { flex: none; width: 20px; height: 20px; }
main { width: min(400px, 100%); margin: 0 auto; padding: 16px; display: flex; flex-direction: column; }
h1 { margin: 0; font-size: 1.25rem; line-height: 1.25; }
p { margin: 6px 0 0; }
dl { margin: 12px 0 0; border-block: 1px solid light-dark(#d5d9e0, #343a46); }
dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 6px 0; }
dt, .note { color: light-dark(#4a4f59, #b3b8c2); }
dd { margin: 0 0 0 auto; font-weight: 600; font-variant-numeric: tabular-nums; }
form { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin-top: 16px; }
button, a { min-height: 44px; padding: 8px 10px; border: 1px solid light-dark(#868d9c, #6b7385); border-radius: 8px; font: inherit; font-weight: 600;
  color: inherit; background: none; cursor: pointer; text-align: center; text-decoration: none; line-height: 1.25; }
button:first-child { grid-column: 1 / -1; min-height: 48px; border-color: transparent; color: #fff; background: #14652f; }
button:first-child:hover { background: #115427; }
a { display: grid; place-items: center; margin-top: 16px; }
button:focus-visible, a:focus-visible { outline: 3px solid light-dark(#16181d, #f2f3f5); outline-offset: 2px; }
.note { margin-top: auto; padding-top: 12px; font-size: .8125rem; }
@media (max-width: 300px) {
  body { font-size: .875rem; line-height: 1.35; }
  header { padding-block: 8px; }
  main { padding: 12px; }
  dl { margin-block: 8px; }
  dl div { padding: 3px 0; }
  form { gap: 6px; margin-top: 10px; grid-template-columns: 3fr 2.5fr; }
  button, a { min-height: 40px; padding: 6px; }
  .note { padding-top: 8px; font-size: .75rem; line-height: 1.3; }
}
@media (forced-colors: active) { header { border-bottom: 1px solid; } button:first-child { border-color: ButtonText; } }
`

/** Mounted at `/3ds`. The challenge's id is the token. */
export function challengePages(deps: Deps): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.get('/:id', countedPage(deps), async (c) => {
    const { locale, language } = pageLocale(c)
    const text = texts[language]
    const found = await lookForChallenge(deps, c.req.param('id'))
    const told = found ? toldOf(deps, found, c.req.query('busy') !== undefined) : 'unknown'
    const question = text[found && asksCaptcha(found) ? 'captcha' : 'owner']
    const [title, note] = told === 'open' ? [question.title, question.note] : text.told[told]
    const nonce = dressPage(c, {
      // Every page around it counts, and the outermost is the shop's.
      frameAncestors: ["'self'", ...(found?.account.origins ?? [])],
      trustedTypes: "'none'",
    })
    const waits = told === 'open' || told === 'busy'
    // Inside the card frame that one knows where to go on.
    const isFramed = c.req.header('sec-fetch-dest') === 'iframe'
    return c.html(
      html`<!doctype html>
        <html lang="${locale}">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="robots" content="noindex" />
            ${told === 'processing' ? html`<meta http-equiv="refresh" content="2" />` : ''}
            <title>${title} · ${text.bank}</title>
            <style nonce="${nonce}">
              ${raw(look)}
            </style>
          </head>
          <body>
            <header>${bank}${text.bank}</header>
            <main>
              <h1>${title}</h1>
              <p>${note}</p>
              ${found && waits ? html`${facts(found, text, locale)} ${buttons(question, text.canceled)}` : ''}
              ${
                found && !isFramed && !waits
                  ? html`<a href="/checkout/${found.session.id}?locale=${locale}">${text.back}</a>`
                  : ''
              }
              ${found?.session.live === false ? html`<p class="note">${text.test}</p>` : ''}
            </main>
          </body>
        </html>`,
      found ? 200 : 404,
    )
  })

  // A visit changes nothing: only the buttons do, and only from this page.
  app.post('/:id', countedPage(deps), async (c) => {
    const id = c.req.param('id')
    limitSession(deps, id)
    const query = new URLSearchParams()
    const locale = c.req.query('locale')
    if (locale !== undefined) query.set('locale', locale)
    const from = c.req.header('sec-fetch-site') ?? 'same-origin'
    const answer = readAnswer((await c.req.parseBody())['answer'])
    if (answer && (from === 'same-origin' || from === 'none')) {
      try {
        await answerChallenge(deps, id, answer)
      } catch (error) {
        // Unknown, or not possible at this moment: its page says so.
        if (!(error instanceof Problem)) throw error
        if (error.code === 'session_busy') query.set('busy', '')
      }
    }
    return c.redirect(`/3ds/${encodeURIComponent(id)}${query.size > 0 ? `?${query.toString()}` : ''}`, 303)
  })
  return app
}

const readAnswer = (sent: unknown): ChallengeAnswer | undefined => challengeAnswers.find((known) => known === sent)

function toldOf(deps: Deps, { challenge, attempt, intent }: ShownChallenge, isBusy: boolean): Told {
  const { status } = challenge
  if (status === 'open') return isWaiting(challenge, deps.now(challenge)) ? (isBusy ? 'busy' : 'open') : 'timed_out'
  if (status !== 'passed') return status
  switch (attempt.status) {
    case 'succeeded':
      return intent.purpose === 'setup' ? 'saved' : 'paid'
    case 'failed':
      return 'declined'
    default:
      return 'processing'
  }
}

function asksCaptcha({ attempt }: ShownChallenge): boolean {
  const card = findCardByName(attempt.cardToken ?? '')
  return card?.behaviour.does === 'challenges' && card.behaviour.asks === 'captcha'
}

function facts({ account, attempt, session, plan }: ShownChallenge, text: Words, locale: string) {
  const amount = savesOnly(session)
    ? text.nothing
    : plan && session.mode === 'subscription'
      ? showPrice(plan, locale)
      : formatMoney(session.amount, session.currency, locale)
  const rows = [
    [text.merchant, account.name],
    [text.amount, amount],
    [text.card, `•••• ${attempt.card?.last4 ?? ''}`],
  ]
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

const buttons = ({ passed, failed }: Question, canceled: string) =>
  html`<form method="post">
    <button name="answer" value="passed">${passed}</button>
    <button name="answer" value="failed">${failed}</button>
    <button name="answer" value="canceled">${canceled}</button>
  </form>`

const bank = html`<svg
  viewBox="0 0 20 20"
  fill="none"
  stroke="currentColor"
  stroke-width="1.6"
  stroke-linejoin="round"
  aria-hidden="true"
>
  <path d="M10 2.5 17.5 7h-15zM3 17.5h14M4.5 7v7.5m3.7-7.5v7.5m3.6-7.5v7.5m3.7-7.5v7.5" />
</svg>`
