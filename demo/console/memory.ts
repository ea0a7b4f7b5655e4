/**
 * What the browser keeps. The key and the namespace stay in this tab and end with it; language and look are kept for the
 * next visit. A browser that keeps nothing still works: what it would keep lives as long as the page.
 */

export type Look = 'auto' | 'light' | 'dark'

const unkept = new Map<string, string>()

function read(storage: () => Storage, name: string): string | null {
  try {
    return storage().getItem(name) ?? unkept.get(name) ?? null
  } catch {
    return unkept.get(name) ?? null
  }
}

function write(storage: () => Storage, name: string, value: string | null): void {
  unkept.delete(name)
  try {
    if (value === null) storage().removeItem(name)
    else storage().setItem(name, value)
  } catch {
    if (value !== null) unkept.set(name, value)
  }
}

const tab = () => sessionStorage
const browser = () => localStorage

export const memory = {
  get key(): string | null {
    return read(tab, 'console.key')
  },
  set key(key: string | null) {
    write(tab, 'console.key', key)
  },
  get namespace(): string | null {
    return read(tab, 'console.namespace')
  },
  set namespace(name: string | null) {
    write(tab, 'console.namespace', name)
  },
  get language(): string | null {
    return read(browser, 'console.language')
  },
  set language(language: string | null) {
    write(browser, 'console.language', language)
  },
  get look(): Look {
    const kept = read(browser, 'console.look')
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  },
  set look(look: Look) {
    write(browser, 'console.look', look === 'auto' ? null : look)
  },
}
