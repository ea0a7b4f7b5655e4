/** Parts of an account's test data that see nothing of each other: each test of a run can have one. */
import { Problem, type Say } from './problem.ts'

/** The header that names one, as people write it. */
export const namespaceHeader = 'X-Sandbox-Namespace'
/** How many an account may have. */
export const mostNamespaces = 1000

/** Reads a name, or refuses it. */
export function readNamespace(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text
  throw refuse({
    en: 'must be 1 to 64 of the characters A-Z a-z 0-9 . _ -',
    es: 'debe tener de 1 a 64 de los caracteres A-Z a-z 0-9 . _ -',
  })
}

/** Live data has no parts. */
export const refuseLiveNamespace = (): Problem =>
  refuse({
    en: 'is for test data only: leave it out with a live key or token',
    es: 'es solo para datos de prueba: omítalo con una clave o un token de producción',
  })

export const tooManyNamespaces = (): Problem =>
  refuse({
    en: `names a new namespace, and an account has at most ${mostNamespaces}: use a name again, or delete one with DELETE /v1/sandbox/namespaces/{name}`,
    es: `nombra un espacio nuevo, y una cuenta tiene como máximo ${mostNamespaces}: reutilice un nombre o elimine uno con DELETE /v1/sandbox/namespaces/{name}`,
  })

const refuse = (say: Say): Problem =>
  new Problem(
    'invalid_request',
    { en: `${namespaceHeader} ${say.en}`, es: `${namespaceHeader} ${say.es}` },
    { faults: [{ field: namespaceHeader, say }] },
  )
