/** What a shop would write for what the tester sees: its tag, its call, its header. */
import { colours, lengths, type State } from './state.ts'

/** What stands on the tag besides the session, in the page that is shown and in what is to be copied. */
export function attributesOf(state: State): [name: string, value: string][] {
  const { locale, scheme, density, summary, button, mode } = state
  const all: [string, string, string][] = [
    ['locale', locale, ''],
    ['mode', mode, 'payment'],
    ['color-scheme', scheme, 'auto'],
    ['density', density, 'comfortable'],
    ['summary', summary, 'full'],
    ['pay-button', button, 'frame'],
  ]
  return all.filter(([, value, standard]) => value !== standard).map(([name, value]) => [name, value])
}

/** The tokens that are set, as the sheet has them. */
export function tokensOf(state: State): [name: string, value: string][] {
  const set: [string, string][] = [
    ...colours.map((name): [string, string] => [name, /^#[\da-f]{6}$/i.test(state[name]) ? state[name] : '']),
    ...lengths.map((name): [string, string] => [name, /^\d{1,2}$/.test(state[name]) ? `${state[name]}px` : '']),
    ['font', state.font],
  ]
  return set.filter(([, value]) => value !== '')
}

/** The shop's own words, or undefined when what was typed is none. */
export function textsOf({ texts }: State): object | undefined {
  if (texts.trim() === '') return {}
  try {
    const read: unknown = JSON.parse(texts)
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : undefined
  } catch {
    return undefined
  }
}

function pageSnippet(state: State, payments: string): string {
  const attributes = attributesOf(state).map(([name, value]) => `\n  ${name}="${value}"`)
  return [
    `<html lang="${state.lang}"${state.dir === 'rtl' ? ' dir="rtl"' : ''}>`,
    `<script defer src="${payments}/fourgeeks-checkout.js"></script>`,
    `<fourgeeks-checkout\n  session-id="{{ session_id }}"${attributes.join('')}>`,
    `  <a href="{{ checkout_url }}">…</a>`,
    `</fourgeeks-checkout>`,
  ].join('\n')
}

function scriptSnippet(state: State): string {
  const texts = textsOf(state)
  const lines = [
    ...(texts && Object.keys(texts).length > 0 ? [`checkout.texts = ${JSON.stringify(texts, null, 2)}`] : []),
    ...(state.button === 'none' ? [`order.addEventListener('click', () => checkout.submit())`] : []),
    ...(state.leaves === 'no' ? [`checkout.addEventListener('checkout-paid', (event) => event.preventDefault())`] : []),
  ]
  return lines.length === 0
    ? ''
    : [`const checkout = document.querySelector('fourgeeks-checkout')`, ...lines].join('\n')
}

function sheetSnippet(state: State): string {
  const tokens = tokensOf(state).map(([name, value]) => `  --fourgeeks-${name}: ${value};`)
  return tokens.length === 0 ? '' : ['fourgeeks-checkout {', ...tokens, '}'].join('\n')
}

/** Each with the name of what it is: those that are empty are left out. */
export function snippets(
  state: State,
  payments: string,
): { of: 'html' | 'css' | 'js' | 'server' | 'csp'; code: string }[] {
  return [
    { of: 'server' as const, code: serverSnippet(state, payments) },
    { of: 'html' as const, code: pageSnippet(state, payments) },
    { of: 'css' as const, code: sheetSnippet(state) },
    { of: 'js' as const, code: scriptSnippet(state) },
    {
      of: 'csp' as const,
      code:
        state.csp === 'on' && state.policy
          ? `Content-Security-Policy: ${state.policy.replace(/\s+/g, ' ').trim()}`
          : '',
    },
  ].filter(({ code }) => code !== '')
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll(`'`, `\\'`)}'`

function serverSnippet(state: State, payments: string): string {
  const items = state.items
    .split('\n')
    .map((item) => item.trim())
    .filter(Boolean)
  const fields: string[] = []
  if (state.mode === 'subscription') {
    const trial = Number(state.trial) > 0 ? `, trial_period_days: ${Number(state.trial)}` : ''
    fields.push(`mode: 'subscription',`, `price_id: plan.id, // interval: '${state.interval}'${trial}`)
  }
  fields.push(`amount: ${quote(state.amount)},`, `currency: '${state.currency}',`)
  if (state.description) fields.push(`description: ${quote(state.description)},`)
  if (items.length > 0) fields.push(`items: [${items.map(quote).join(', ')}],`)
  if (state.email) fields.push(`customer_id: customer.id, // ${state.email.replaceAll('\n', ' ')}`)
  if (state.minutes)
    fields.push(`expires_at: new Date(Date.now() + ${Number(state.minutes) || 0} * 60_000).toISOString(),`)
  fields.push(`return_url: ${quote(state.returns)},`)
  return [
    `const payments = createClient({ api: '${payments}', apiKey: process.env.PAYMENTS_KEY })`,
    `const { session_id, checkout_url } = await payments.sessions.create({`,
    ...fields.map((field) => `  ${field}`),
    `})`,
  ].join('\n')
}
