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
