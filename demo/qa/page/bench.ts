/** The bench: what a tester has set, what came of it on both sides, and what can be done. It draws nothing. */
import type { QaData } from '../document.ts'
import {
  ask,
  wantedSession,
  type Clock,
  type Made,
  type Refusal,
  type ServerEvent,
  type Switch,
  type Violation,
} from './backend.ts'
import { eventLog, type Entry } from './event-log.ts'
import { preview } from './preview.ts'
import { beginning, readState, writeState, type State } from './state.ts'
import type { Text } from './text.ts'

/** All that is to be seen at one moment. */
export type Seen = {
  readonly state: State
  /** Empty: none is made yet. */
  readonly session: string
  /** Under which the browser reports what the policy forbids: anew with each loading of the page that is shown. */
  readonly page: string
  readonly isMaking: boolean
  readonly refusal: Refusal | null
  /** What a screen reader is told. */
  readonly said: string
  /** What became of the card that was clicked. */
  readonly cardSaid: string
  /** What cards are searched for. */
  readonly wanted: string
  /** What was copied last. */
  readonly copied: string
  readonly violations: readonly Violation[]
  readonly clock: Clock | null
  readonly clockFailed: boolean
  /** Null while nobody said. */
  readonly switches: readonly Switch[] | null
  readonly switchFailed: boolean
  readonly entries: readonly Entry[]
}

/** All that can be done. */
export type Actions = {
  /** Takes a change, into the address as well. */
  set: (change: Partial<State>) => void
  /** A change that the page is to be seen with: typing does not load it with every key. */
  change: (change: Partial<State>) => void
  /** Loads the page that is shown anew. */
  reload: () => void
  /** Makes the session that is set. */
  make: () => Promise<void>
  /** Searches the cards. */
  find: (wanted: string) => void
  /** Fills in a card, which is called `title`. */
  choose: (card: string, title: string) => void
  /** Moves the clock of the test data. */
  move: (how: object) => Promise<void>
  arm: (kind: string) => Promise<void>
  disarm: (id: string) => Promise<void>
  disarmAll: () => Promise<void>
  clearLog: () => void
  copy: (what: string, words: string) => Promise<void>
}

/** The console lists every request: where nothing happens, few are made. */
const restMs = 15_000

type Means = { data: QaData; text: Text; frame: HTMLIFrameElement; paint: (seen: Seen) => void }

/** Paints whenever something is to be seen that was not. */
export function createBench({ data, text, frame, paint }: Means): { act: Actions; start: () => void } {
  const from = beginning(data)
  const log = eventLog()
  let seen: Seen = {
    state: read(),
    session: '',
    page: crypto.randomUUID(),
    isMaking: false,
    refusal: null,
    said: '',
    cardSaid: '',
    wanted: '',
    copied: '',
    violations: [],
    clock: null,
    clockFailed: false,
    switches: null,
    switchFailed: false,
    entries: [],
  }
  let hasSwitches = true
  let lookedAt = 0
  let busyUntil = 0
  let reloading: ReturnType<typeof setTimeout> | undefined

  const shown = preview(frame, {
    now: () => seen,
    hear(heard) {
      show({ entries: log.hear(heard, Date.now()) })
      if (heard.type !== 'checkout-change') follow()
    },
  })

  function show(news: Partial<Seen>): void {
    seen = { ...seen, ...news }
    paint(seen)
  }

  /** What the address says. Where it says no width, the page is as wide as a phone has room for. */
  function read(): State {
    const room = Math.max(320, Math.min(Number(from.width), Math.floor(innerWidth / 10) * 10))
    return readState(location.hash.slice(1), from, { width: String(room) })
  }

  function set(change: Partial<State>): void {
    const state = { ...seen.state, ...change }
    const written = writeState(state, from)
    history.replaceState(null, '', `${location.pathname}${location.search}${written && `#${written}`}`)
    show({ state })
  }

  function reload(): void {
    if (!seen.session) return
    show({ page: crypto.randomUUID(), violations: [] })
    shown.load()
    busyUntil = Date.now() + 5000
  }

  async function make(): Promise<void> {
    show({ isMaking: true, refusal: null })
    const { namespace } = seen.state
    const answer = await ask<Made>('session', { namespace, body: wantedSession(seen.state) })
    if (answer.ok) {
      const session = answer.value.session_id
      show({ isMaking: false, session, said: text.made(session), entries: log.begin(session, Date.now()) })
      reload()
      follow()
      return
    }
    const isAway = answer.status === 0 || answer.status >= 500
    show({ isMaking: false, refusal: isAway ? { title: text.away, content: '', errors: [] } : answer.refusal })
  }

  /** Something is under way: what comes of it is asked for until it is quiet again. */
  function follow(): void {
    busyUntil = Date.now() + 8000
    void lookAround()
  }

  /** Asks once more what the other side says, of all that is to be seen here. */
  async function lookAround(): Promise<void> {
    lookedAt = Date.now()
    const { namespace } = seen.state
    const of = seen.session
    const [events, now, armed, forbidden] = await Promise.all([
      of ? ask<{ items: ServerEvent[] }>(`events?session=${encodeURIComponent(of)}`, { namespace }) : null,
      ask<Clock>('clock', { namespace }),
      hasSwitches ? ask<{ items: Switch[] }>('switches', { namespace }) : null,
      ask<{ items: Violation[] }>(`reports/${seen.page}`),
    ])
    // A payment side that has none is not asked again.
    hasSwitches = armed !== null && armed.status !== 404
    const clock = now.ok ? now.value : seen.clock
    show({
      clock,
      switches: armed?.ok ? armed.value.items : null,
      ...(forbidden.ok && { violations: forbidden.value.items }),
      ...(events?.ok && of === seen.session && { entries: log.announce(events.value.items, clock, Date.now()) }),
    })
  }

  async function disarm(path: string): Promise<void> {
    await ask(path, { namespace: seen.state.namespace, method: 'DELETE' })
    void lookAround()
  }

  const act: Actions = {
    set,
    change(change) {
      set(change)
      clearTimeout(reloading)
      reloading = setTimeout(reload, 300)
    },
    reload,
    make,
    find: (wanted) => show({ wanted }),
    choose(card, title) {
      set({ card })
      show({ cardSaid: shown.fill() ? text.filled(title) : text.waiting })
    },
    async move(how) {
      const answer = await ask<Clock>('clock', { namespace: seen.state.namespace, body: how })
      show({ clockFailed: !answer.ok, ...(answer.ok && { clock: answer.value }) })
      follow()
    },
    async arm(kind) {
      const { namespace, times, delay } = seen.state
      const delays = kind === 'delay' || kind === 'webhook_delay'
      const body = {
        kind,
        times: Number(times) || 1,
        session_id: seen.session,
        ...(delays && { delay_ms: Number(delay) || 1 }),
      }
      const answer = await ask<Switch>('switches', { namespace, body })
      show({ switchFailed: !answer.ok })
      follow()
    },
    disarm: (id) => disarm(`switches/${encodeURIComponent(id)}`),
    disarmAll: () => disarm('switches'),
    clearLog: () => show({ entries: log.clear() }),
    async copy(what, words) {
      const done = await navigator.clipboard.writeText(words).then(
        () => true,
        () => false,
      )
      show(done ? { copied: what, said: text.copied } : { copied: '', said: text.notCopied })
    },
  }

  return {
    act,
    start() {
      paint(seen)
      addEventListener('hashchange', () => {
        seen = { ...seen, state: read() }
        void make()
      })
      void make()
      void lookAround()
      setInterval(() => {
        const now = Date.now()
        if (document.visibilityState === 'visible' && (now < busyUntil || now - lookedAt > restMs)) void lookAround()
      }, 1000)
    },
  }
}
