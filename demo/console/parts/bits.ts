/** Small things that many views show: a status, a moment, an id, a list of facts, a button that copies. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app.ts'
import { shortId } from '../format.ts'
import { pathOfId } from '../router.ts'
import { icon } from './icons.ts'

type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'calm'

const tones: Record<string, Tone> = {
  succeeded: 'good',
  paid: 'good',
  complete: 'good',
  active: 'good',
  enabled: 'good',
  passed: 'good',
  failed: 'bad',
  unpaid: 'warn',
  past_due: 'bad',
  uncollectible: 'bad',
  disabled: 'bad',
  requires_action: 'warn',
  partially_refunded: 'warn',
  abandoned: 'warn',
  trialing: 'busy',
  processing: 'busy',
  pending: 'busy',
  running: 'busy',
  open: 'busy',
}

/** How something stands, in a word and a colour. */
export const badge = ({ text }: Pick<App, 'text'>, status: string): TemplateResult =>
  html`<span class="badge ${tones[status] ?? 'calm'}">${text.statuses[status] ?? status.replaceAll('_', ' ')}</span>`

/** An HTTP status. */
export function httpStatus(status: number): TemplateResult {
  const tone: Tone = status >= 500 ? 'bad' : status >= 400 ? 'warn' : status >= 300 ? 'calm' : 'good'
  return html`<span class="badge code ${tone}">${status}</span>`
}

/** A moment as people read it, with the exact one behind it. */
export const when = ({ format }: Pick<App, 'format'>, iso: string): TemplateResult =>
  html`<time datetime=${iso} title=${iso}>${format.moment(iso, new Date())}</time>`

export const whole = ({ format }: Pick<App, 'format'>, iso: string): TemplateResult =>
  html`<time datetime=${iso} title=${iso}>${format.whole(iso)}</time>`

/** An id that leads to its page, where it has one. */
export function idLink(id: string): TemplateResult {
  const path = pathOfId(id)
  return path
    ? html`<a class="id" href=${path} title=${id}>${shortId(id)}</a>`
    : html`<code class="id" title=${id}>${shortId(id)}</code>`
}

/** An id in full, to be copied. */
export const idWhole = (app: App, id: string): TemplateResult =>
  html`<span class="id-whole"><code>${id}</code>${copyButton(app, id)}</span>`

export const copyButton = (app: App, value: string, label = app.text.plain.copy): TemplateResult =>
  html`<button
    class="bare"
    type="button"
    title=${label}
    aria-label=${label}
    @click=${() => void copy(app, value, app.text.plain.copied)}
  >
    ${icon('copy')}
  </button>`

/** Where a page is not served safely there is no clipboard for scripts, and the old way has to do. */
export async function copy(app: App, value: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value)
  } catch {
    const field = document.createElement('textarea')
    field.value = value
    field.className = 'unseen'
    document.body.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
  app.say(done)
}

/** Words and what they are worth; pairs without a value are left out. */
export const facts = (pairs: readonly (readonly [string, unknown])[]): TemplateResult =>
  html`<dl class="facts">
    ${pairs.map(([name, value]) =>
      value === null || value === undefined || value === nothing || value === ''
        ? nothing
        : html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
    )}
  </dl>`

const brands: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  'american-express': 'American Express',
  discover: 'Discover',
  'diners-club': 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

export const brandName = (brand: string): string => brands[brand] ?? brand

/** `Visa •••• 4242`. */
export const cardText = (card: { brand: string; last4: string }): string =>
  `${brandName(card.brand)} •••• ${card.last4}`

export const card = (shown: { brand: string; last4: string } | null): TemplateResult | typeof nothing =>
  shown ? html`<span class="card-text">${brandName(shown.brand)} <span>•••• ${shown.last4}</span></span>` : nothing

/** A heading that takes the focus when its view comes. */
export const title = (words: unknown): TemplateResult => html`<h1 tabindex="-1">${words}</h1>`
