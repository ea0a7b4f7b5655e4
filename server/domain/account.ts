/** Who is paid. */
export type Account = {
  id: string
  /** As buyers read it. */
  name: string
  /** The exact origins of the pages that may show its element and card frame. */
  origins: string[]
}

/** Who asks, as their secret key showed. */
export type Merchant = { accountId: string; live: boolean }
