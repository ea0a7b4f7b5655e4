/** Another writer changed the row first. The unit of work is run again and decides on what it then reads. */
export class LostRace extends Error {
  constructor(what: string) {
    super(`${what} was changed by another writer`)
    this.name = 'LostRace'
  }
}

/** A guarded write must have met the row as it was read: its count decides, not the read before it. */
export function mustHaveChanged(changed: { numUpdatedRows: bigint }, what: string): void {
  if (changed.numUpdatedRows !== 1n) throw new LostRace(what)
}

const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  '08006',
  '53300',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '40001',
  '40P01',
])

/** Whether an error says that the database is away, overloaded, or too contended: worth another try a little later. */
export function isAway(error: unknown): boolean {
  if (error instanceof LostRace) return true
  if (!(error instanceof Error)) return false
  const { code, message } = error as { code?: string; message: string }
  return (
    (code !== undefined && awayCodes.has(code)) ||
    /^(timeout exceeded when trying to connect|Connection terminated)/.test(message)
  )
}
