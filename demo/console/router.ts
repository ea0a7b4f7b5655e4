/** Which view an address is, and how the console goes from one to the next without loading a document. */

export const sections = [
  'overview',
  'requests',
  'payments',
  'sessions',
  'subscriptions',
  'invoices',
  'customers',
  'refunds',
  'events',
  'webhooks',
  'deliveries',
  'sandbox',
] as const
export type Section = (typeof sections)[number]

/** Where the console is: a section, or one thing in it, and what is filtered there. */
export type Place = { section: Section | 'missing'; id: string | null; query: URLSearchParams }

const root = '/console'

export function placeOf({ pathname, search }: Pick<Location, 'pathname' | 'search'>): Place {
  const query = new URLSearchParams(search)
  const [first = '', id, more] = pathname.slice(root.length).split('/').filter(Boolean)
  const section = first === '' ? 'overview' : sections.find((one) => one === first && one !== 'overview')
  if (!section || more !== undefined) return { section: 'missing', id: null, query }
  return { section, id: id === undefined ? null : plain(id), query }
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export function pathOf(section: Section, id?: string | null, query: Record<string, string | null> = {}): string {
  const path = section === 'overview' ? root : `${root}/${section}${id ? `/${encodeURIComponent(id)}` : ''}`
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]))
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

const prefixes: Record<string, Section> = {
  pay: 'payments',
  cs: 'sessions',
  sub: 'subscriptions',
  cus: 'customers',
  in: 'invoices',
  ref: 'refunds',
  evt: 'events',
  we: 'webhooks',
  whd: 'deliveries',
  req: 'requests',
}

/** The page of an object, by what its id begins with; undefined for what has none. */
export function pathOfId(id: string): string | undefined {
  const section = prefixes[id.split('_', 1)[0] ?? '']
  return section && pathOf(section, id)
}

/** Tells of every change of address, whoever made it; says how to make one. */
export class Router {
  readonly #changed: (place: Place) => void

  constructor(changed: (place: Place) => void) {
    this.#changed = changed
    addEventListener('popstate', () => this.#tell())
    document.addEventListener('click', (event) => this.#click(event))
  }

  get place(): Place {
    return placeOf(location)
  }

  go(path: string, { replace = false } = {}): void {
    if (path === location.pathname + location.search) return
    if (replace) history.replaceState(null, '', path)
    else history.pushState(null, '', path)
    this.#tell()
  }

  #tell(): void {
    this.#changed(this.place)
  }

  /** Plain clicks on the console's own links; whoever holds a key down wants another tab. */
  #click(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return
    const isOurs =
      link.pathname === root || (link.pathname.startsWith(`${root}/`) && !link.pathname.startsWith(`${root}/api/`))
    if (!isOurs || link.hash !== '') return
    event.preventDefault()
    this.go(link.pathname + link.search)
  }
}
