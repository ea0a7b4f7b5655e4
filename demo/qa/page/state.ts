/** All that a tester has set, and how it stands in the address: whatever differs from the beginning, after the `#`. */
import type { QaData } from '../document.ts'

export const colours = ['accent', 'text', 'background', 'surface', 'border', 'danger', 'success'] as const
export const lengths = ['radius', 'spacing', 'font-size', 'control-height'] as const
export type Colour = (typeof colours)[number]
export type Length = (typeof lengths)[number]

export type State = {
  mode: 'payment' | 'subscription'
  amount: string
  currency: 'CRC' | 'USD'
  description: string
  /** One a line. */
  items: string
  /** Empty: as long as the payment side gives. */
  minutes: string
  email: string
  returns: string
  interval: 'day' | 'week' | 'month' | 'year'
  trial: string
  namespace: string
  /** The name of the card that was clicked last, never its number. */
  card: string
  /** Empty: the element decides by the page's language. */
  locale: string
  lang: string
  scheme: 'auto' | 'light' | 'dark'
  density: 'comfortable' | 'compact'
  dir: 'ltr' | 'rtl'
  width: string
  summary: 'full' | 'none'
  button: 'frame' | 'none'
  /** Whether the page follows a payment to `return_url`. */
  leaves: 'no' | 'yes'
  /** JSON, as the property `texts` takes it. */
  texts: string
  font: '' | 'rounded' | 'serif' | 'mono'
  /** `off` is a page without a policy. */
  csp: 'on' | 'off'
  policy: string
  times: string
  delay: string
} & Record<Colour | Length, string>

export const languages = ['es-CR', 'es-419', 'es', 'en', 'en-GB', 'pt-BR', 'pt'] as const

/** The same in every language of the page: a link says only what differs. */
export function beginning({ shop, policy }: Pick<QaData, 'shop' | 'policy'>): State {
  return {
    mode: 'payment',
    amount: '18400.00',
    currency: 'CRC',
    description: 'Pedido B-1042',
    items: '1 × Amanecer, 340 g\n2 × Filtros V60',
    minutes: '',
    email: '',
    returns: `${shop}/qa/back`,
    interval: 'month',
    trial: '0',
    namespace: '',
    card: '',
    locale: '',
    lang: 'es-CR',
    scheme: 'auto',
    density: 'comfortable',
    dir: 'ltr',
    width: '480',
    summary: 'full',
    button: 'frame',
    leaves: 'no',
    texts: '',
    font: '',
    csp: 'on',
    policy,
    times: '1',
    delay: '3000',
    accent: '',
    text: '',
    background: '',
    surface: '',
    border: '',
    danger: '',
    success: '',
    radius: '',
    spacing: '',
    'font-size': '',
    'control-height': '',
  }
}

/** What only a few words may be; anything else that an address says is not believed. */
const choices: Partial<Record<keyof State, readonly string[]>> = {
  mode: ['payment', 'subscription'],
  currency: ['CRC', 'USD'],
  interval: ['day', 'week', 'month', 'year'],
  scheme: ['auto', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  dir: ['ltr', 'rtl'],
  summary: ['full', 'none'],
  button: ['frame', 'none'],
  leaves: ['no', 'yes'],
  font: ['', 'rounded', 'serif', 'mono'],
  csp: ['on', 'off'],
  lang: languages,
  locale: ['', ...languages],
}

/** A card's number or a secret key that somebody typed into a field: an address is no place for it. */
const isSecret = (text: string): boolean => /\bsk_(?:test|live)_|\bwhsec_|(?:\d[ -]?){13,19}/.test(text)

export function writeState(state: State, from: State): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(state)) {
    if (value !== from[name as keyof State] && !isSecret(value)) query.set(name, value)
  }
  return query.toString()
}

export function readState(written: string, from: State, otherwise: Partial<State> = {}): State {
  const state: Record<string, string> = { ...from, ...otherwise }
  for (const [name, value] of new URLSearchParams(written)) {
    if (!(name in from) || value.length > 8000) continue
    const allowed = choices[name as keyof State]
    if (allowed && !allowed.includes(value)) continue
    state[name] = value
  }
  // Each name is one of its own, and each value was checked where it is more than text.
  return state as State
}
