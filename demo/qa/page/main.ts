/** The QA page in the browser: what a tester sets, the page of a shop that it makes, and what both sides say of it. */
import './qa.css'
import { html, nothing, render, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { mark } from '../../shop/page/art.ts'
import type { QaData } from '../document.ts'
import { ask, type Clock, type Made, type Refusal, type ServerEvent, type Switch, type Violation } from './backend.ts'
import { cardName, groupNames } from './card-names.ts'
import { eventLog } from './log.ts'
import { preview, shownAddress } from './preview.ts'
import { snippets, textsOf } from './snippet.ts'
import { beginning, colours, languages, lengths, readState, writeState, type State } from './state.ts'
import { textOf } from './text.ts'

// Our own server wrote it into this very document.
const data = JSON.parse(document.getElementById('qa-data')?.textContent ?? '{}') as QaData
const text = textOf[data.language]
const locale = data.language === 'es' ? 'es-CR' : 'en'
const root = document.getElementById('qa')!
const from = beginning(data)
let state = read()

let session = ''
/** Under which the browser reports what the policy forbids: anew with each loading of the page that is shown. */
let page = crypto.randomUUID()
let isMaking = false
let refusal: Refusal | null = null
let said = ''
let cardSaid = ''
let wanted = ''
let copied = ''
let violations: Violation[] = []
let clock: Clock | null = null
let clockFailed = false
let hasSwitches = true
/** Null while nobody said. */
let switches: Switch[] | null = null
let switchFailed = false
const log = eventLog()
const isNarrow = matchMedia('(width < 68rem)').matches

const frame = document.createElement('iframe')
frame.title = text.page
const shown = preview(frame, {
  state: () => state,
  session: () => session,
  page: () => page,
  hear(heard) {
    log.hear(heard, Date.now())
    paint()
    if (heard.type !== 'checkout-change') follow()
  },
})

/** What the address says. Where it says no width, the page is as wide as a phone has room for. */
function read(): State {
  const room = Math.max(320, Math.min(Number(from.width), Math.floor(innerWidth / 10) * 10))
  return readState(location.hash.slice(1), from, { width: String(room) })
}

/** Takes a change, into the address as well. */
function set(change: Partial<State>): void {
  state = { ...state, ...change }
  const written = writeState(state, from)
  history.replaceState(null, '', `${location.pathname}${location.search}${written && `#${written}`}`)
  paint()
}

let reloading: ReturnType<typeof setTimeout> | undefined
/** A change that the page is to be seen with: typing does not load it with every key. */
function change(of: Partial<State>): void {
  set(of)
  clearTimeout(reloading)
  reloading = setTimeout(reload, 300)
}

function reload(): void {
  if (!session) return
  page = crypto.randomUUID()
  violations = []
  shown.load()
  busyUntil = Date.now() + 5000
  paint()
}

async function make(): Promise<void> {
  isMaking = true
  refusal = null
  paint()
  const { mode, amount, currency, description, minutes, email, interval, namespace } = state
  const answer = await ask<Made>('session', {
    namespace,
    body: {
      mode,
      amount: amount.trim(),
      currency,
      description,
      items: state.items.split('\n'),
      minutes: minutes.trim() === '' ? null : Number(minutes),
      email,
      return_url: state.returns,
      interval,
      trial_days: Number(state.trial),
    },
  })
  isMaking = false
  if (answer.ok) {
    session = answer.value.session_id
    say(text.made(session))
    log.begin(session, Date.now())
    reload()
    follow()
  } else
    refusal =
      answer.status === 0 || answer.status >= 500 ? { title: text.away, content: '', errors: [] } : answer.refusal
  paint()
}

let lookedAt = 0
let busyUntil = 0

/** Something is under way: what comes of it is asked for until it is quiet again. */
function follow(): void {
  busyUntil = Date.now() + 8000
  void lookAround()
}

/** Asks once more what the other side says, of all that is to be seen here. */
async function lookAround(): Promise<void> {
  lookedAt = Date.now()
  const { namespace } = state
  const of = session
  const [events, now, armed, forbidden] = await Promise.all([
    of ? ask<{ items: ServerEvent[] }>(`events?session=${encodeURIComponent(of)}`, { namespace }) : null,
    ask<Clock>('clock', { namespace }),
    hasSwitches ? ask<{ items: Switch[] }>('switches', { namespace }) : null,
    ask<{ items: Violation[] }>(`reports/${page}`),
  ])
  if (now.ok) clock = now.value
  // A payment side that has none is not asked again.
  hasSwitches = armed !== null && armed.status !== 404
  switches = armed?.ok ? armed.value.items : null
  if (forbidden.ok) violations = forbidden.value.items
  if (events?.ok && of === session) log.announce(events.value.items, clock, Date.now())
  paint()
}

async function move(body: object): Promise<void> {
  const answer = await ask<Clock>('clock', { namespace: state.namespace, body })
  clockFailed = !answer.ok
  if (answer.ok) clock = answer.value
  follow()
}

async function arm(kind: string): Promise<void> {
  const delays = kind === 'delay' || kind === 'webhook_delay'
  const answer = await ask<Switch>('switches', {
    namespace: state.namespace,
    body: {
      kind,
      times: Number(state.times) || 1,
      session_id: session,
      ...(delays && { delay_ms: Number(state.delay) || 1 }),
    },
  })
  switchFailed = !answer.ok
  follow()
}

async function disarm(id: string): Promise<void> {
  await ask(`switches${id && `/${encodeURIComponent(id)}`}`, { namespace: state.namespace, method: 'DELETE' })
  void lookAround()
}

function choose(card: string, name: string): void {
  set({ card })
  cardSaid = shown.fill() ? text.filled(name) : text.waiting
  paint()
}

function say(sentence: string): void {
  said = sentence
  paint()
}

async function copy(what: string, words: string): Promise<void> {
  const done = await navigator.clipboard.writeText(words).then(
    () => true,
    () => false,
  )
  copied = done ? what : ''
  say(done ? text.copied : text.notCopied)
}

const valueOf = (event: Event): string => (event.target as HTMLInputElement).value

/** A field of one line, labelled. */
function field(
  name: keyof State,
  label: string,
  {
    hint,
    type = 'text',
    rows,
    loads = false,
    min,
    max,
  }: { hint?: string; type?: string; rows?: number; loads?: boolean; min?: string; max?: string } = {},
): TemplateResult {
  const id = `f-${name}`
  const onInput = (event: Event) => (loads ? change : set)({ [name]: valueOf(event) })
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${
      rows
        ? html`<textarea
            id=${id}
            rows=${rows}
            spellcheck="false"
            aria-describedby=${hint ? `${id}-hint` : nothing}
            .value=${live(state[name])}
            @input=${onInput}
          ></textarea>`
        : html`<input
            id=${id}
            type=${type}
            min=${min ?? nothing}
            max=${max ?? nothing}
            autocomplete="off"
            spellcheck="false"
            aria-describedby=${hint ? `${id}-hint` : nothing}
            .value=${live(state[name])}
            @input=${onInput}
          />`
    }
    ${hint ? html`<p class="fine" id="${id}-hint">${hint}</p>` : nothing}
  </div>`
}

function select(
  name: keyof State,
  label: string,
  options: readonly (readonly [value: string, words: string])[],
  loads = false,
): TemplateResult {
  const id = `f-${name}`
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} @change=${(event: Event) => (loads ? change : set)({ [name]: valueOf(event) })}>
      ${options.map(([value, words]) => html`<option value=${value} ?selected=${state[name] === value}>${words}</option>`)}
    </select>
  </div>`
}

/** Two or three words of which one holds. */
function choice(
  name: keyof State,
  label: string,
  options: readonly (readonly [value: string, words: string])[],
  loads = false,
): TemplateResult {
  return html`<fieldset class="choice">
    <legend>${label}</legend>
    <div>
      ${options.map(
        ([value, words]) =>
          html`<label
            ><input
              type="radio"
              name=${name}
              value=${value}
              .checked=${live(state[name] === value)}
              @change=${() => (loads ? change : set)({ [name]: value })}
            /><span>${words}</span></label
          >`,
      )}
    </div>
  </fieldset>`
}

function check(name: keyof State, label: string, [on, off]: readonly [string, string], loads = true): TemplateResult {
  return html`<label class="check"
    ><input
      type="checkbox"
      .checked=${live(state[name] === on)}
      @change=${(event: Event) => {
        const { checked } = event.target as HTMLInputElement
        ;(loads ? change : set)({ [name]: checked ? on : off })
      }}
    /><span>${label}</span></label
  >`
}

function part(id: string, title: string, content: TemplateResult, note = '', open = false): TemplateResult {
  return html`<details class="part" id=${id} ?open=${open}>
    <summary>
      <h2>${title}</h2>
      <span class="note">${note}</span>
    </summary>
    <div class="inside">${content}</div>
  </details>`
}

function sessionPart(): TemplateResult {
  const problems = refusal?.errors ?? []
  return html`<form
    novalidate
    @submit=${(event: Event) => {
      event.preventDefault()
      void make()
    }}
  >
    ${choice('mode', text.mode, [
      ['payment', text.payment],
      ['subscription', text.subscription],
    ])}
    <div class="pair">
      ${field('amount', text.amount)}
      ${choice('currency', text.currency, [
        ['CRC', 'CRC'],
        ['USD', 'USD'],
      ])}
    </div>
    ${
      state.mode === 'subscription'
        ? html`<div class="pair">
            ${select('interval', text.interval, Object.entries(text.intervals))}
            ${field('trial', text.trial, { type: 'number', min: '0', max: '365' })}
          </div>`
        : nothing
    }
    ${field('description', text.description)} ${field('items', text.items, { rows: 2 })}
    <div class="pair">
      ${field('minutes', text.minutes, { type: 'number', hint: text.minutesHint, min: '30', max: '1440' })}
      ${field('email', text.email, { hint: text.emailHint })}
    </div>
    ${field('returns', text.returns)} ${check('leaves', text.leaves, ['yes', 'no'], false)}
    ${field('namespace', text.namespace, { hint: text.namespaceHint })}
    ${
      refusal
        ? html`<div class="warning" role="alert">
            <p><b>${refusal.title || text.refused}</b> ${refusal.content}</p>
            ${
              problems.length > 0
                ? html`<ul>
                    ${problems.map(({ field, message }) => html`<li><code>${field}</code> ${message}</li>`)}
                  </ul>`
                : nothing
            }
          </div>`
        : nothing
    }
    <button class="button" ?disabled=${isMaking}>${isMaking ? text.making : text.make}</button>
  </form>`
}

function cardsPart(): TemplateResult {
  const words = wanted.trim().toLowerCase()
  const named = data.cards.map((card) => ({ ...card, title: cardName(card, data.language) }))
  const found = named.filter(({ title, name, last4, code, brand }) =>
    [title, name, last4, code ?? '', brand].some((one) => one.toLowerCase().includes(words)),
  )
  const groups = [...new Set(found.map(({ group }) => group))]
  return html`<p class="fine">${text.cardsHint}</p>
    <div class="field">
      <label for="find">${text.find}</label>
      <input
        id="find"
        type="search"
        autocomplete="off"
        .value=${wanted}
        @input=${(event: Event) => {
          wanted = valueOf(event)
          paint()
        }}
      />
      <p class="fine" role="status">${cardSaid || text.found(found.length)}</p>
    </div>
    <div class="cards" tabindex="0" role="region" aria-label=${text.cards}>
      ${groups.map(
        (group) =>
          html`<h3 id="g-${group}">${groupNames[group][data.language]}</h3>
            <ul aria-labelledby="g-${group}">
              ${found
                .filter((card) => card.group === group)
                .map(
                  ({ name, title, last4, does, code, only }) =>
                    html`<li>
                      <button type="button" aria-pressed=${state.card === name} @click=${() => choose(name, title)}>
                        <span class="title">${title}</span>
                        <span class="end">•• ${last4}</span>
                        <span class="does ${does}"
                          >${text.does[does]}${code ? html` <code>${code}</code>` : nothing}${only ? ` ${text.only[only]}` : nothing}</span
                        >
                      </button>
                    </li>`,
                )}
            </ul>`,
      )}
    </div>`
}

const standardColours: Record<(typeof colours)[number], string> = {
  accent: '#2456d6',
  text: '#14171f',
  background: '#ffffff',
  surface: '#ffffff',
  border: '#868d9c',
  danger: '#b3261e',
  success: '#12804a',
}
const standardLengths: Record<(typeof lengths)[number], string> = {
  radius: '10',
  spacing: '20',
  'font-size': '16',
  'control-height': '48',
}

function looksPart(): TemplateResult {
  const same = (list: readonly string[]) => list.map((one) => [one, one] as const)
  const hasTokens = [...colours, ...lengths, 'font' as const].some((name) => state[name] !== '')
  return html`<div class="pair">
      ${select('lang', text.lang, same(languages), true)}
      ${select('locale', text.locale, [['', text.asPage], ...same(languages)], true)}
    </div>
    ${choice('scheme', text.scheme, Object.entries(text.schemes), true)}
    ${choice('density', text.density, Object.entries(text.densities), true)}
    ${choice('dir', text.dir, Object.entries(text.dirs), true)} ${check('summary', text.summary, ['full', 'none'])}
    ${check('button', text.button, ['none', 'frame'])}
    <fieldset class="tokens">
      <legend>${text.colours}</legend>
      ${colours.map(
        (name) =>
          html`<label
            ><input
              type="color"
              .value=${live(state[name] || standardColours[name])}
              @input=${(event: Event) => change({ [name]: valueOf(event) })}
            /><code>${name}</code></label
          >`,
      )}
    </fieldset>
    <fieldset class="tokens">
      <legend>${text.lengths}</legend>
      ${lengths.map(
        (name) =>
          html`<label
            ><input
              type="number"
              min="0"
              max="64"
              placeholder=${standardLengths[name]}
              .value=${live(state[name])}
              @input=${(event: Event) => change({ [name]: valueOf(event) })}
            /><code>${name}</code></label
          >`,
      )}
    </fieldset>
    ${select('font', text.font, Object.entries(text.fonts), true)}
    ${
      hasTokens
        ? html`<button
            class="button small quiet"
            type="button"
            @click=${() => change(Object.fromEntries([...colours, ...lengths, 'font'].map((name) => [name, ''])))}
          >
            ${text.reset}
          </button>`
        : nothing
    }
    ${field('texts', text.texts, { rows: 3, loads: true })}
    ${textsOf(state) ? nothing : html`<p class="warning" role="alert">${text.textsWrong}</p>`}`
}

function policyPart(): TemplateResult {
  return html`${check('csp', text.cspOn, ['on', 'off'])}
    ${field('policy', text.cspField, { rows: 9, loads: true, hint: text.cspHint })}
    ${
      state.policy === from.policy
        ? nothing
        : html`<button class="button small quiet" type="button" @click=${() => change({ policy: from.policy })}>
            ${text.cspReset}
          </button>`
    }
    <h3 id="violations">${text.violations}</h3>
    ${
      violations.length === 0
        ? html`<p class="fine">${text.none}</p>`
        : html`<ul class="violations" aria-labelledby="violations">
            ${violations.map(
              ({ directive, blocked, source, line, count }) =>
                html`<li>
                  <code>${directive}</code> <span>${blocked}</span>${count > 1 ? html` <b>× ${count}</b>` : nothing}
                  ${source ? html`<span class="fine">${source}${line ? `:${line}` : ''}</span>` : nothing}
                </li>`,
            )}
          </ul>`
    }`
}

function clockPart(): TemplateResult {
  const shownAt = clock
    ? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' }).format(Date.parse(clock.now))
    : '…'
  const moves: [string, object][] = [
    [clock?.frozen ? text.unfreeze : text.freeze, { frozen: !clock?.frozen }],
    [text.hour, { advance: { seconds: 3600 } }],
    [text.day, { advance: { days: 1 } }],
    [text.month, { advance: { months: 1 } }],
    [text.toReal, { reset: true }],
  ]
  return html`<p class="clock"><span class="fine">${text.now}</span> <b>${shownAt}</b></p>
    <div class="actions">
      ${moves.map(
        ([words, body]) =>
          html`<button class="button small quiet" type="button" @click=${() => move(body)}>${words}</button>`,
      )}
    </div>
    ${clockFailed ? html`<p class="warning" role="alert">${text.clockFailed}</p>` : nothing}`
}

const clockNote = (): string => (!clock ? '' : clock.frozen ? text.frozen : clock.own ? text.own : text.real)

function switchesPart(armed: readonly Switch[]): TemplateResult {
  const buttons = (kinds: string[]) =>
    html`<div class="actions">
      ${kinds.map(
        (kind) =>
          html`<button class="button small quiet" type="button" @click=${() => arm(kind)}>${text.kinds[kind]}</button>`,
      )}
    </div>`
  const kinds = Object.keys(text.kinds)
  return html`<div class="pair">
      ${field('times', text.times, { type: 'number', min: '1', max: '100' })}
      ${field('delay', text.delay, { type: 'number', min: '1', max: '60000' })}
    </div>
    <p class="fine">${text.switchesHint}</p>
    ${buttons(kinds.filter((kind) => !kind.startsWith('webhook_')))}
    <p class="fine">${text.hooksHint}</p>
    ${buttons(kinds.filter((kind) => kind.startsWith('webhook_')))}
    ${switchFailed ? html`<p class="warning" role="alert">${text.switchFailed}</p>` : nothing}
    ${
      armed.length === 0
        ? nothing
        : html`<h3 id="armed">${text.armed}</h3>
            <ul class="armed" aria-labelledby="armed">
              ${armed.map(
                ({ id, kind, left, times }) =>
                  html`<li class=${left > 0 ? '' : 'spent'}>
                    <span><b>${text.kinds[kind] ?? kind}</b> <span class="fine">${text.left(left, times)}</span></span>
                    <button
                      class="link"
                      type="button"
                      aria-label=${text.disarm(text.kinds[kind] ?? kind)}
                      @click=${() => disarm(id)}
                    >
                      ×
                    </button>
                  </li>`,
              )}
            </ul>
            <button class="button small quiet" type="button" @click=${() => disarm('')}>${text.disarmAll}</button>`
    }`
}

function armedNote(all: readonly Switch[]): string {
  const count = all.filter(({ left }) => left > 0).length
  return count > 0 ? `${text.armed}: ${count}` : ''
}

function stage(): TemplateResult {
  const toWidth = (width: string) => set({ width })
  const address = session
    ? shownAddress({ state: () => state, session: () => session, page: () => page, hear: () => undefined }, false)
    : ''
  return html`<section class="stage" aria-labelledby="stage-title">
    <div class="tools">
      <h2 id="stage-title" tabindex="-1">${text.page}</h2>
      <div class="width">
        <label for="width">${text.width}</label>
        <input
          id="width"
          type="range"
          min="320"
          max="1200"
          step="10"
          .value=${live(state.width)}
          @input=${(event: Event) => toWidth(valueOf(event))}
        />
        <output for="width">${state.width} px</output>
        <span class="presets">
          ${['320', '400', '768', '1200'].map(
            (width) =>
              html`<button type="button" aria-pressed=${state.width === width} @click=${() => toWidth(width)}>
                ${width}
              </button>`,
          )}
        </span>
      </div>
      <div class="actions">
        <button class="button small quiet" type="button" ?disabled=${!session} @click=${reload}>${text.again}</button>
        ${address ? html`<a class="button small quiet" href=${address} target="_blank" rel="noopener">${text.alone}</a>` : nothing}
      </div>
    </div>
    <div class="canvas">${frame}</div>
    <p class="fine which">${session ? text.made(session) : ''}</p>
  </section>`
}

function draw(): TemplateResult {
  const other = data.language === 'es' ? 'en' : 'es'
  frame.style.inlineSize = `${Math.min(1200, Math.max(320, Number(state.width) || 480))}px`
  return html`<a class="skip" href="#stage-title">${text.skip}</a>
    <header class="top">
      <a class="brand" href="/"
        >${mark}<span>Tostadora <b>Barú</b></span></a
      >
      <nav aria-label=${text.language}>
        ${(['es', 'en'] as const).map(
          (code) =>
            html`<a
              href="?lang=${code}${location.hash}"
              lang=${code}
              hreflang=${code}
              aria-label=${code === 'es' ? 'ES, español' : 'EN, English'}
              aria-current=${code === other ? nothing : 'true'}
              >${code.toUpperCase()}</a
            >`,
        )}
      </nav>
    </header>
    <main>
      <div class="title">
        <div>
          <h1>${text.title}</h1>
          <p>${text.lead}</p>
        </div>
        <button class="button small" type="button" @click=${() => copy('link', location.href)}>
          ${copied === 'link' ? text.copied : text.copyLink}
        </button>
      </div>
      <div class="bench">
        ${stage()}
        <div class="parts">
          ${part('session', text.session, sessionPart(), `${state.amount} ${state.currency}`, !isNarrow)}
          ${part('cards', text.cards, cardsPart(), state.card, !isNarrow)}
          ${part('looks', text.looks, looksPart(), state.locale || state.lang)}
          ${part('policy', text.csp, policyPart(), violations.length > 0 ? `${text.violations}: ${violations.length}` : '')}
          ${part('clock', text.clock, clockPart(), clockNote())}
          ${switches ? part('switches', text.switches, switchesPart(switches), armedNote(switches)) : nothing}
        </div>
        <div class="below">
          <section class="happened" aria-labelledby="log-title">
            <div class="tools">
              <div>
                <h2 id="log-title">${text.log}</h2>
                <p class="fine">${text.logHint}</p>
              </div>
              <button
                class="button small quiet"
                type="button"
                @click=${() => {
                  log.clear()
                  paint()
                }}
              >
                ${text.clear}
              </button>
            </div>
            ${log.view(text, locale)}
          </section>
          <section class="snippets" aria-labelledby="snippet-title">
            <h2 id="snippet-title">${text.snippet}</h2>
            ${snippets(state, data.payments).map(
              ({ of, code }) =>
                html`<figure>
                  <figcaption>
                    ${text.places[of]}
                    <button
                      class="link"
                      type="button"
                      aria-label="${text.copy}: ${text.places[of]}"
                      @click=${() => copy(of, code)}
                    >
                      ${copied === of ? text.copied : text.copy}
                    </button>
                  </figcaption>
                  <pre tabindex="0" aria-label=${text.places[of]}><code>${code}</code></pre>
                </figure>`,
            )}
          </section>
        </div>
      </div>
    </main>
    <p class="unseen" role="status">${said}</p>`
}

function paint(): void {
  render(draw(), root)
}

root.replaceChildren()
paint()
addEventListener('hashchange', () => {
  state = read()
  void make()
})
void make()
void lookAround()
// The console lists every request: where nothing happens, few are made.
const restMs = 15_000
setInterval(() => {
  const now = Date.now()
  if (document.visibilityState === 'visible' && (now < busyUntil || now - lookedAt > restMs)) void lookAround()
}, 1000)
