/** The card form: three fields and the button that pays, in plain DOM. It tells outcomes and keeps digits. */
import type { SessionView } from '../../server/contract/checkout.ts'
import type { CardErrorCode } from '../../server/contract/errors.ts'
import { colourNames, fonts, lengthNames, type FromFrame, type Theme } from '../channel.ts'
import { fill, refusal, type CardText } from '../text/index.ts'
import { cardOf } from './brands.ts'
import { challenge } from './challenge.ts'
import { confirm, findOut, type Intent, type Means, type Outcome, type Untouched } from './confirm.ts'
import { make } from './make.ts'
import { draw, markOf } from './marks.ts'
import {
  checkCode,
  checkExpiry,
  checkNumber,
  digitsOf,
  groupNumber,
  readExpiry,
  tidyExpiry,
  typeCode,
  typeExpiry,
  typeNumber,
  type Edit,
  type Typed,
} from './typing.ts'

export type CardFormOptions = {
  intent: Intent
  text: CardText
  /** What the button does, in its words, and who gets the money. */
  session: FrameSession
  /** Whether the form shows its button. The page has its own otherwise, and the form says what that pays. */
  button: boolean
  tell(message: FromFrame): void
  means: Omit<Means, 'onChecking'>
  now(): Date
  /** Whether a card was sent for this intent already, and nobody here knows what became of it. */
  resumes: boolean
  /** Where the key of a click outlives the page until it is answered: a key, and nothing of a card. */
  kept: { read(): string | null | undefined; write(key: string | null): void }
}

/** What the form says of a session. */
export type FrameSession = Pick<SessionView, 'mode' | 'payment_status' | 'display' | 'merchant'>

export type CardForm = { submit(): void; fill(card: string): void; destroy(): void }

type FieldName = 'number' | 'expiry' | 'cvc'
type Field = {
  name: FieldName
  input: HTMLInputElement
  error: HTMLElement
  /** What the field showed before the edit under way. */
  shown: string
  type(before: string, raw: string, caret: number, edit: Edit): Typed
  check(): keyof CardText | null
}

/** Puts the form into an element of the page. */
export function cardForm(into: HTMLElement, options: CardFormOptions): CardForm {
  const { text } = options
  const codeSize = () => cardOf(digitsOf(number.input.value)).codeSize
  const mark = make('span', { class: 'marks', 'aria-hidden': 'true' })

  const number = field('number', text.number, '1234 1234 1234 1234', 'cc-number', mark, typeNumber, () =>
    checkNumber(number.input.value),
  )
  const expiry = field('expiry', text.expiry, text.expiryHint, 'cc-exp', null, typeExpiry, () =>
    checkExpiry(expiry.input.value, options.now()),
  )
  const cvc = field(
    'cvc',
    text.cvc,
    '123',
    'cc-csc',
    codeMark(),
    (before, raw, caret, edit) => typeCode(before, raw, caret, edit, codeSize()),
    () => checkCode(cvc.input.value, codeSize()),
  )
  const fields = [number, expiry, cvc]

  const { mode, payment_status, display, merchant } = options.session
  const later = payment_status === 'no_payment_required'
  const values = { amount: display.amount, price: display.price ?? '', merchant: merchant.name }
  const does = fill(
    mode === 'subscription' ? (later ? text.tryOut : text.subscribe) : later ? text.save : text.pay,
    values,
  )
  const agreed = mode === 'subscription' && later ? text.agreeLater : text.agree
  const label = make('span', {}, does)
  const pay = make(
    'button',
    { type: 'submit', class: 'pay' },
    make('span', { class: 'spinner', 'aria-hidden': 'true' }),
    make('span', { class: 'words' }, lock(), label),
  )
  // Without its button the form still says, where no script of the page reaches, what is paid and to whom; Enter works as ever.
  pay.hidden = !options.button
  const sum = options.button ? [] : [make('p', { class: 'sum' }, label)]
  const notice = make('p', { class: 'notice', role: 'alert' })
  const form = make(
    'form',
    { class: 'card', method: 'post', novalidate: '' },
    make('div', { class: 'fields' }, ...fields.map(({ input }) => input.closest('.field')!)),
    notice,
    ...(display.price === null ? [] : [make('p', { class: 'agreed' }, fill(agreed, values))]),
    pay,
    ...sum,
    ...(display.price === null ? [make('p', { class: 'to' }, fill(text.to, values))] : []),
  )

  let busy = false
  const left = options.kept.read()
  /** The next click's, made before it. One that was never answered stays: sent again under it, nothing is charged twice. */
  let key = left ?? options.means.newKey()
  let change = ''

  function field(
    name: FieldName,
    words: string,
    placeholder: string,
    autocomplete: string,
    ornament: Element | null,
    type: Field['type'],
    check: Field['check'],
  ): Field {
    const input = make('input', {
      id: name,
      name: autocomplete,
      autocomplete,
      placeholder,
      inputmode: 'numeric',
      autocorrect: 'off',
      spellcheck: 'false',
      required: '',
    })
    const error = make('p', { class: 'error', id: `${name}-error` })
    const box = make('div', { class: 'box' }, input, ...(ornament ? [ornament] : []))
    make('div', { class: `field ${name}` }, make('label', { for: name }, words), box, error)
    const made: Field = { name, input, error, shown: '', type, check }
    input.addEventListener('input', (event) => {
      if (!(event as InputEvent).isComposing) edited(made, (event as InputEvent).inputType)
    })
    input.addEventListener('compositionend', () => edited(made, ''))
    input.addEventListener('blur', () => leave(made))
    return made
  }

  function edited(of: Field, inputType = ''): void {
    const { input } = of
    // Some keyboards do not say what they did: what is shorter and otherwise the same was erased.
    const erased = inputType.startsWith('delete') || (!inputType && of.shown.startsWith(input.value))
    const edit = /^delete.*Forward$/.test(inputType) ? 'forward' : erased ? 'back' : 'insert'
    const typed = of.type(of.shown, input.value, input.selectionStart ?? input.value.length, edit)
    show(of, typed.text)
    if (document.activeElement === input) input.setSelectionRange(typed.caret, typed.caret)
    if (of === number) showBrand()
    if (of.input.ariaInvalid) blame(of, of.check() && text[of.check()!])
    tellChange()
  }

  function show(of: Field, value: string): void {
    if (of.input.value !== value) of.input.value = value
    of.shown = value
  }

  /** Leaving a field is when its mistakes are told; an empty one has made none yet. */
  function leave(of: Field): void {
    if (of === expiry) show(of, tidyExpiry(of.input.value))
    if (!of.input.value || busy) return
    const wrong = of.check()
    blame(of, wrong && text[wrong])
    tellChange()
  }

  function blame(of: Field, sentence: string | null): void {
    of.error.textContent = sentence && fill(sentence, { size: String(codeSize() ?? 3) })
    if (sentence) {
      of.input.setAttribute('aria-invalid', 'true')
      of.input.setAttribute('aria-describedby', of.error.id)
    } else {
      of.input.removeAttribute('aria-invalid')
      of.input.removeAttribute('aria-describedby')
    }
  }

  function showBrand(): void {
    const digits = digitsOf(number.input.value)
    const card = cardOf(digits)
    cvc.input.placeholder = card.codeSize === 4 ? '1234' : '123'
    const brands = card.name ? [card.brand] : digits ? [] : ['visa', 'mastercard', 'american-express']
    mark.replaceChildren(...brands.map((brand) => markOf(brand, card.name)))
  }

  function tellChange(): void {
    const complete = !busy && fields.every((each) => !each.check())
    const empty = fields.every((each) => !each.input.value)
    if (change === `${complete} ${empty}`) return
    change = `${complete} ${empty}`
    options.tell({ type: 'change', complete, empty })
  }

  function setBusy(now: boolean): void {
    busy = now
    form.classList.toggle('busy', now)
    form.ariaBusy = String(now)
    pay.ariaDisabled = now ? 'true' : null
    label.textContent = now ? text.busy : does
    for (const { input } of fields) input.readOnly = now
  }

  async function submit(): Promise<void> {
    if (busy) return
    show(expiry, tidyExpiry(expiry.input.value))
    notice.textContent = ''
    const wrong = fields.filter((each) => {
      const name = each.check()
      blame(each, name && text[name])
      return name
    })
    if (wrong[0]) return wrong[0].input.focus()
    const { month, year } = readExpiry(expiry.input.value)!
    setBusy(true)
    options.tell({ type: 'submitted' })
    options.kept.write(key)
    const answer = await confirm(
      options.intent,
      { number: digitsOf(number.input.value), exp_month: month, exp_year: year, cvc: digitsOf(cvc.input.value) },
      key,
      means,
    )
    keep(answer.openKey)
    await settle(answer.outcome)
  }

  function keep(openKey: string | null): void {
    options.kept.write(openKey)
    key = openKey ?? options.means.newKey()
  }

  /** Puts in a card of the sandbox: the number comes from this frame's own origin, for test sessions alone. */
  async function fillIn(card: string): Promise<void> {
    if (busy) return
    const answer = await options.means.fetch(`${location.pathname}/test-cards/${card}`).catch(() => null)
    notice.textContent = answer?.ok ? '' : text.network
    if (!answer?.ok) return
    const digits = ((await answer.json()) as { number: string }).number
    show(number, groupNumber(digits))
    show(expiry, `12 / ${(options.now().getFullYear() + 4) % 100}`)
    show(cvc, '1234'.slice(0, codeSize() ?? 3))
    for (const each of fields) blame(each, null)
    showBrand()
    tellChange()
  }

  const means: Means = {
    ...options.means,
    onChecking() {
      notice.textContent = later ? text.checkingCard : text.checking
      options.tell({ type: 'checking' })
    },
  }

  /** A card was sent before this page was loaded: what became of it is told before another may be. */
  async function resume(): Promise<void> {
    setBusy(true)
    if (left) {
      means.onChecking()
      // The page was left while it sent: what it sent may be arriving this moment.
      await means.sleep(1500)
    }
    const found = await findOut(options.intent, means)
    // What never arrived is the same try when the same card is sent under the same key.
    if (found.is !== 'untouched' || found.last) keep(null)
    return settle(found)
  }

  async function settle(found: Outcome | Untouched): Promise<void> {
    const outcome = found.is === 'untouched' ? found.last : found
    if (outcome?.is === 'challenge') {
      // The bank asks the buyer, in the form's place: nothing can be sent meanwhile.
      tellChange()
      const answered = await challenge(into, outcome.path, {
        ...options,
        text,
        means,
        onAsked: () => options.tell({ type: 'challenge' }),
      })
      into.replaceChildren(form)
      return settle(answered)
    }
    if (outcome?.is === 'paid' || outcome?.is === 'expired') {
      for (const each of fields) show(each, '')
      return options.tell(outcome.is === 'paid' ? { type: 'paid', paymentId: outcome.paymentId } : { type: 'expired' })
    }
    setBusy(false)
    if (outcome?.is !== 'declined') {
      const reason = outcome?.reason ?? 'network'
      notice.textContent = text[reason]
      options.tell({ type: 'failed', reason })
      tellChange()
      return pay.focus()
    }
    show(cvc, '')
    options.tell({ type: 'declined', code: outcome.code, declineCode: outcome.declineCode })
    notice.textContent = refusal(text, outcome.code, outcome.declineCode)
    const blamed = { number, expiry, cvc }[blamedField[outcome.code] ?? 'cvc']
    if (blamedField[outcome.code]) {
      blamed.input.setAttribute('aria-invalid', 'true')
      blamed.input.setAttribute('aria-describedby', 'notice')
    }
    blamed.input.focus()
    tellChange()
  }

  notice.id = 'notice'
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })
  showBrand()
  into.replaceChildren(form)
  if (left || options.resumes) void resume()
  return { submit: () => void submit(), fill: (card) => void fillIn(card), destroy: () => into.replaceChildren() }
}

/** The field that a refusal is about, where it is about one. */
const blamedField: Partial<Record<CardErrorCode, FieldName>> = {
  incorrect_number: 'number',
  expired_card: 'expiry',
  invalid_expiry_month: 'expiry',
  invalid_expiry_year: 'expiry',
  incorrect_cvc: 'cvc',
  invalid_cvc: 'cvc',
}

/** Sets the look on the document: by value, through the style object, never as a sheet. */
export function dress(theme: Theme): void {
  const { style } = document.documentElement
  style.setProperty('color-scheme', theme.scheme)
  for (const name of colourNames) style.setProperty(`--${name}`, theme[name])
  for (const name of lengthNames) style.setProperty(`--${name}`, `${theme[name]}px`)
  style.setProperty('--font', fonts[theme.fontFamily])
  document.documentElement.dir = theme.direction
}

function codeMark(): Element {
  const mark = draw('svg', { viewBox: '0 0 34 22', class: 'mark code', 'aria-hidden': 'true' })
  mark.append(
    draw('rect', { x: 0.5, y: 0.5, width: 33, height: 21, rx: 3.5, class: 'rim' }),
    draw('path', { d: 'M1 5.5h32', class: 'strip' }),
    draw('path', { d: 'M20 14.5h.01M24 14.5h.01M28 14.5h.01', class: 'dots' }),
  )
  return mark
}

function lock(): Element {
  const mark = draw('svg', { viewBox: '0 0 16 16', class: 'lock', 'aria-hidden': 'true' })
  mark.append(
    draw('rect', { x: 3, y: 7, width: 10, height: 7, rx: 1.8 }),
    draw('path', { d: 'M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2', class: 'shackle' }),
  )
  return mark
}
