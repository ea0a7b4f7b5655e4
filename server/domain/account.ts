/** Who is paid. */
export type Account = {
  id: string
  /** As buyers read it. */
  name: string
  /** The exact origins of the pages that may show its element and card frame. */
  origins: string[]
}

/** Whose objects, and of which mode: test and live data never meet. */
export type Owner = { accountId: string; live: boolean }

/** A part of an account's test data that sees nothing of the rest: kept as an account of its own. */
export type Namespace = { name: string; parentId: string }

/**
 * Who asks, as their secret key or OAuth token showed; `keyId` is the id of that key, or of the token's client. `within` says
 * that it is a namespace of theirs that they ask for, whose id is then the account's.
 */
export type Merchant = Owner & { keyId: string; within?: Namespace }

/** What every object of an account has; its version is raised by one with every change. */
export type Owned = Owner & { id: string; createdAt: string; version: number }

/** Who makes an object, under which id and when. */
export type Maker = { id: string; by: Owner; now: Date }

/** The first version of an object. */
export const firstVersion = ({ id, by, now }: Maker): Owned => ({
  id,
  accountId: by.accountId,
  live: by.live,
  createdAt: now.toISOString(),
  version: 1,
})

/** An origin as browsers name it, or undefined when the text is more or less than one. */
export function readOrigin(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username) {
    return undefined
  }
  return url.origin
}
