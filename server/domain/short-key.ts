/**
 * The 32 letters and digits that stand for an object in the legacy API: the end of its id, 148 random bits of which nobody
 * can guess. Rows hold it as well, because objects are asked for by it.
 */
export const shortKey = (id: string): string =>
  id
    .slice(id.indexOf('_') + 1)
    .slice(-32)
    .padStart(32, '0')
