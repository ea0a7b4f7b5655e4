/**
 * `POST /authentication/token`: a client's credentials for a token of this face. RFC 6749, section 4.4; its errors are those
 * of section 5.2.
 */
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { authenticate, issueToken } from '../actions/clients.ts'
import { limitBody, withBody } from '../body-limit.ts'
import type { Deps } from '../deps.ts'
import { couldBeClientId, readScope, tokenLifeSeconds } from '../domain/oauth.ts'
import { Problem, type Say } from '../domain/problem.ts'
import { isAway } from '../store/guard.ts'
import { countWrongKey, limitWrongKeys } from '../wire/limit.ts'
import { type Env, languageFor, reply } from '../wire/reply.ts'
import { bodyTooLarge, readBody, type Sent } from './body.ts'
import { cameFromPage, openToPages } from './cors.ts'

/** Mounted at `/authentication/token`, before anything that answers in other words: it limits bodies by itself. */
export function tokenEndpoint(deps: Deps, largestBody: number): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.use(openToPages(deps, 'POST, OPTIONS'))
  app.on(withBody, '/', limitBody(largestBody, bodyTooLarge))
  app.post('/', async (c) => {
    const sent = await readBody(c)
    if (grantOf(sent) !== 'client_credentials') throw new Refusal('unsupported_grant_type', texts.grant)
    const scopes = readScope(textOf(sent, 'scope') ?? '')
    if (!scopes) throw new Refusal('invalid_scope', texts.scope)
    const known = await knownClient(c, deps, credentialsOf(c, sent))
    if (known.client.live && cameFromPage(c)) {
      const about = { account: known.client.accountId, client: known.client.id, requestId: c.get('requestId') }
      deps.log.warn(about, 'a live client secret came from a browser')
      throw new Refusal('unauthorized_client', texts.fromPage)
    }
    const token = await issueToken(deps, known, scopes)
    const granted = { access_token: token, token_type: 'Bearer', expires_in: tokenLifeSeconds, scope: scopes.join(' ') }
    c.get('headers')['Pragma'] = 'no-cache'
    return reply(c, granted, 200)
  })
  app.all('/', (c) => {
    c.get('headers')['Allow'] = 'POST, OPTIONS'
    return answer(c, 405, 'invalid_request', texts.method)
  })
  app.onError((error, c) => answerError(c, deps, error))
  return app
}

/** The codes of RFC 6749, section 5.2, and the two of section 4.1.2.1 for what is nobody's mistake. */
type Code =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'temporarily_unavailable'
  | 'server_error'

/** A request for a token that is refused. */
class Refusal extends Error {
  readonly code: Code
  readonly say: Say

  constructor(code: Code, say: Say) {
    super(say.en)
    this.name = 'Refusal'
    this.code = code
    this.say = say
  }
}

/** What a client shows of itself. */
type Credentials = { id: string; secret: string }

function grantOf(sent: Sent): string {
  const grant = textOf(sent, 'grant_type')
  if (!grant) throw new Refusal('invalid_request', texts.noGrant)
  return grant
}

/** A parameter of the request; nothing that was sent as nothing. */
function textOf(sent: Sent, name: string): string | undefined {
  const value = sent[name] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw new Refusal('invalid_request', {
    en: `${name} must be a string`,
    es: `${name} debe ser un texto`,
  })
}

/** Reads them from the body or from HTTP Basic. RFC 6749, section 2.3.1. */
function credentialsOf(c: Context<Env>, sent: Sent): Credentials {
  const [id, secret] = [textOf(sent, 'client_id'), textOf(sent, 'client_secret')]
  const basic = basicOf(c.req.header('authorization')?.trim() ?? '')
  if (basic) {
    if ((id !== undefined && id !== basic.id) || (secret !== undefined && secret !== basic.secret)) {
      throw new Refusal('invalid_request', texts.two)
    }
    return basic
  }
  if (!id || !secret) throw new Refusal('invalid_client', texts.noClient)
  return { id, secret }
}

/** Both parts come encoded as in a form. What cannot be read is a client that nobody knows. */
function basicOf(authorization: string): Credentials | undefined {
  const [, encoded] = /^basic(?:\s+(.*))?$/i.exec(authorization) ?? []
  if (encoded === undefined) return undefined
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  if (id === undefined || secret === undefined) throw new Refusal('invalid_client', texts.wrongClient)
  return { id: formDecoded(id), secret: formDecoded(secret) }
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

async function knownClient(c: Context<Env>, deps: Deps, { id, secret }: Credentials) {
  limitWrongKeys(c, deps)
  // An id that could be none is looked up as none, so that it answers like every unknown one, and as late.
  const known = await authenticate(deps, couldBeClientId(id) ? id : '', secret)
  if (known) return known
  countWrongKey(c, deps)
  throw new Refusal('invalid_client', texts.wrongClient)
}

function answerError(c: Context<Env>, deps: Deps, error: Error): Response {
  if (error instanceof Refusal) {
    if (error.code !== 'invalid_client') return answer(c, 400, error.code, error.say)
    c.get('headers')['WWW-Authenticate'] = 'Basic realm="4Geeks Payments", charset="UTF-8"'
    return answer(c, 401, error.code, error.say)
  }
  if (error instanceof Problem) {
    const { retryAfterSeconds } = error.about
    if (retryAfterSeconds === undefined) return answer(c, 400, 'invalid_request', error.say)
    c.get('headers')['Retry-After'] = String(retryAfterSeconds)
    return answer(c, 429, 'temporarily_unavailable', error.say)
  }
  const requestId = c.get('requestId')
  if (isAway(error)) {
    deps.log.error({ requestId, reason: error.message }, 'the database is away')
    c.get('headers')['Retry-After'] = '1'
    return answer(c, 503, 'temporarily_unavailable', texts.away)
  }
  deps.log.error({ err: error, requestId }, 'request failed')
  return answer(c, 500, 'server_error', {
    en: `Something went wrong on our side; quote request ${requestId} when you ask about it`,
    es: `Algo falló de nuestro lado; mencione la solicitud ${requestId} cuando consulte`,
  })
}

function answer(c: Context<Env>, status: ContentfulStatusCode, error: Code, say: Say): Response {
  c.get('headers')['Pragma'] = 'no-cache'
  return reply(c, { error, error_description: inPlainLetters(say[languageFor(c)]) }, status)
}

/** The letters that RFC 6749, section 5.2, leaves to a description: ASCII without double quotes and backslashes. */
const inPlainLetters = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll('"', "'")
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, '')

const texts = {
  grant: {
    en: 'Only grant_type=client_credentials is known here',
    es: 'Aquí solo se conoce grant_type=client_credentials',
  },
  noGrant: {
    en: 'grant_type is missing; send grant_type=client_credentials with client_id and client_secret',
    es: 'Falta grant_type; envíe grant_type=client_credentials con client_id y client_secret',
  },
  scope: {
    en: 'scope takes the words read, write and groups, with spaces between them; without it all are granted',
    es: 'scope acepta las palabras read, write y groups, separadas por espacios; sin él se conceden todas',
  },
  two: {
    en: 'Two different credentials were sent; send one, in the body or in Authorization',
    es: 'Se enviaron dos credenciales distintas; envíe una, en el cuerpo o en Authorization',
  },
  noClient: {
    en: 'client_id or client_secret is missing; send both, in the body or as Authorization: Basic',
    es: 'Falta client_id o client_secret; envíe ambos, en el cuerpo o como Authorization: Basic',
  },
  wrongClient: {
    en: 'No active client has this client_id and client_secret',
    es: 'Ningún cliente activo tiene este client_id y client_secret',
  },
  fromPage: {
    en: 'This live client secret came from a browser, where anyone can read it: ask from your server, and rotate the secret',
    es: 'Este secreto de producción llegó desde un navegador, donde cualquiera puede leerlo: solicite el token desde su servidor y rote el secreto',
  },
  method: {
    en: 'Ask for a token with POST',
    es: 'Solicite el token con POST',
  },
  away: {
    en: 'The database is not answering; repeat the request in a moment',
    es: 'La base de datos no responde; repita la solicitud en un momento',
  },
} satisfies Record<string, Say>
