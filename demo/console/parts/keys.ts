/** The console by keyboard: `/` and `?`, `g` and a letter, j and k in lists, Escape. */
import type { Section } from '../router.ts'

export const sectionKeys: Record<Section, string> = {
  overview: 'o',
  requests: 'r',
  payments: 'p',
  sessions: 's',
  subscriptions: 'u',
  invoices: 'i',
  customers: 'c',
  refunds: 'f',
  events: 'e',
  webhooks: 'w',
  deliveries: 'd',
  sandbox: 'x',
}

export type KeyActions = {
  search(): void
  help(): void
  go(section: Section): void
  escape(): void
}

const chordMs = 1200

/** Listens until the returned function is called. */
export function listenToKeys(actions: KeyActions): () => void {
  let chordUntil = 0
  const heard = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (document.querySelector('dialog[open]')) return
    if (isTyping(event.target)) return
    if (event.key === 'Escape') return actions.escape()
    const section = (Object.keys(sectionKeys) as Section[]).find((one) => sectionKeys[one] === event.key)
    if (event.timeStamp < chordUntil) {
      chordUntil = 0
      if (!section) return
      event.preventDefault()
      return actions.go(section)
    }
    const act = { '/': actions.search, '?': actions.help, j: () => step(1), k: () => step(-1) }[event.key]
    if (act) {
      event.preventDefault()
      act()
    } else if (event.key === 'g') chordUntil = event.timeStamp + chordMs
  }
  document.addEventListener('keydown', heard)
  return () => document.removeEventListener('keydown', heard)
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['radio', 'checkbox', 'button', 'submit'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

/** To the next row of the list, or the one before; from anywhere else to the one that is open, or the first. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-list] a.row')].filter(
    (row) => row.offsetParent !== null,
  )
  const at = rows.findIndex((row) => row === document.activeElement)
  const open = rows.findIndex((row) => row.hasAttribute('aria-current'))
  const next = at >= 0 ? at + by : open >= 0 ? open + by : 0
  const row = rows[Math.max(0, Math.min(next, rows.length - 1))]
  row?.focus()
  row?.closest('tr')?.scrollIntoView({ block: 'nearest' })
}
