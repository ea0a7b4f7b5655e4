/**
 * Which addresses a webhook may be sent to: public ones alone, so that nobody's address makes this server ask its own network.
 * What is checked is what is connected to: a name is looked up once, by the connection itself. Semantics B6.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** An address that must not be reached. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress'
}

/** `loopback` is for a sandbox on one's own machine: there, that machine may be reached, at any port and without TLS. */
export type Reach = { loopback: boolean }

const ports = new Set(['', '443', '8443'])

const givenToAnybody = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an address is one that anybody on the internet may have. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  // IPv4 in any of IPv6's clothes is no address of a receiver, and outside 2000::/3 no IPv6 address is given to anybody.
  const isGiven = address.kind() === 'ipv4' || address.match(givenToAnybody)
  return isGiven && address.range() === 'unicast'
}

function isLoopbackAddress(text: string): boolean {
  return ipaddr.isValid(text) && ipaddr.process(text).range() === 'loopback'
}

/** A host of an address as the platform parsed it, without the brackets of IPv6. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

const isNumber = (host: string): boolean => ipaddr.isValid(host)

/** Refuses what can be refused before anything is looked up. */
export function checkUrl(url: URL, { loopback }: Reach): void {
  const host = hostOf(url)
  const isOwn = loopback && (host === 'localhost' || isLoopbackAddress(host))
  if (isOwn) return
  if (url.protocol !== 'https:') throw new RefusedAddress('only https leaves this machine')
  if (url.username !== '' || url.password !== '') throw new RefusedAddress('no credentials in an address')
  if (!ports.has(url.port)) throw new RefusedAddress(`port ${url.port} is neither 443 nor 8443`)
  if (isNumber(host) && !isPublicAddress(host)) throw new RefusedAddress('the address is not a public one')
}

type Resolve = (host: string) => Promise<LookupAddress[]>

const systemResolve: Resolve = (host) =>
  new Promise((resolve, reject) =>
    systemLookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  )

/**
 * The lookup that a connection does for its host: all of its addresses must be public, because which one is taken is not
 * ours to say.
 */
export const guardedLookup =
  ({ loopback }: Reach, resolve: Resolve = systemResolve): LookupFunction =>
  (host, options, done) => {
    resolve(host).then(
      (addresses) => {
        const mayReach = ({ address }: LookupAddress) =>
          isPublicAddress(address) || (loopback && host === 'localhost' && isLoopbackAddress(address))
        if (addresses.length === 0 || !addresses.every(mayReach)) {
          done(new RefusedAddress('the name leads to an address that is not public'), '', 0)
        } else if (options.all) done(null, addresses)
        else done(null, addresses[0]!.address, addresses[0]!.family)
      },
      (error: NodeJS.ErrnoException) => done(error, '', 0),
    )
  }
