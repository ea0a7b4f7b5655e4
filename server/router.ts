import type { Result, Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'

/**
 * Hono's router for any set of paths, which remembers what it found for those without parameters: searching for one again
 * costs as much as checking its key. (Hono's faster router refuses paths such as `/payments/session` beside `/payments/:id`,
 * and is asked first unless a router is named.)
 */
export class RememberingRouter<T> implements Router<T> {
  readonly name = 'RememberingRouter'
  readonly #trie = new TrieRouter<T>()
  /** What was found, by path and method, for paths that were added as they stand. */
  readonly #fixed = new Map<string, Map<string, Result<T>>>()
  #isSearched = false

  add(method: string, path: string, handler: T): void {
    this.#trie.add(method, path, handler)
    if (!/[:*{]/.test(path)) this.#fixed.set(path, new Map())
    if (this.#isSearched) for (const found of this.#fixed.values()) found.clear()
  }

  match(method: string, path: string): Result<T> {
    this.#isSearched = true
    const known = this.#fixed.get(path)
    if (!known) return this.#trie.match(method, path)
    let found = known.get(method)
    if (!found) known.set(method, (found = this.#trie.match(method, path)))
    return found
  }
}

/** For an app that is only ever mounted in another one, which takes over its routes and asks its own router. */
export class NoRouter<T> implements Router<T> {
  readonly name = 'NoRouter'

  add(): void {}

  match(): Result<T> {
    throw new Error('This app answers only where it is mounted')
  }
}
