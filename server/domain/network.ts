/** Network addresses: in which form they are compared, and whose word about a client is believed. Semantics B3. */
import { BlockList, isIP } from 'node:net'

/** The bits of an IPv6 address that one household or company is given whole: what follows costs its owner nothing to change. */
const ownedBits = 64

/** Reads an address or a network such as `10.0.0.0/8`; undefined when it is neither. */
export function readNetwork(text: string): { address: string; bits: number } | undefined {
  const [, given = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = plainAddress(given)
  if (address === '' || given.startsWith('[')) return undefined
  const most = isIP(address) === 4 ? 32 : 128
  const bits = length === undefined ? most : Number(length)
  return bits <= most ? { address, bits } : undefined
}

export type Trusts = (address: string) => boolean

/** Which addresses are proxies of ours; undefined when none is, so that no header needs to be read. */
export function trustedProxies(networks: readonly string[]): Trusts | undefined {
  if (networks.length === 0) return undefined
  const list = new BlockList()
  for (const text of networks) {
    const network = readNetwork(text)
    if (network) list.addSubnet(network.address, network.bits, familyOf(network.address))
  }
  return (address) => address !== '' && list.check(address, familyOf(address))
}

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4')

/**
 * Who asked: the other end of the connection, or whom a trusted proxy names. Every proxy adds the address it heard from at
 * the right end of the header, so it is read from there, and what stands left of the first stranger is that stranger's word.
 */
export function clientOf(peer: string, forwardedFor: string | undefined, trusts: Trusts): string {
  let client = plainAddress(peer)
  if (forwardedFor === undefined || !trusts(client)) return client
  for (let end = forwardedFor.length; end >= 0;) {
    const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(',', end - 1)
    const hop = plainAddress(forwardedFor.slice(comma + 1, end).trim())
    // A proxy that writes no address leaves itself as the last one known.
    if (hop === '') return client
    client = hop
    if (!trusts(hop)) return client
    end = comma
  }
  return client
}

/** An address in one form: without port, brackets and zone, an IPv4 one not dressed as IPv6. Empty when it is none. */
export function plainAddress(text: string): string {
  // As sockets give them, which is almost always.
  if (isIP(text) === 4) return text
  if (/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text)) return plainAddress(text.slice('::ffff:'.length))
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
  const address = bare.replace(/%.*$/, '')
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : ''
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (!isMapped) return address.toLowerCase()
  const [high, low] = [groups[6]!, groups[7]!]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** What stands for a client when requests are counted: the address, of IPv6 the network that its owner was given. */
export function ownerOf(address: string): string {
  if (!address.includes(':')) return address
  const owned = groupsOf(address).slice(0, ownedBits / 16)
  return `${owned.map((group) => group.toString(16)).join(':')}::/${ownedBits}`
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const front = readGroups(head)
  if (tail === undefined) return front
  const back = readGroups(tail)
  return [...front, ...Array<number>(Math.max(0, 8 - front.length - back.length)).fill(0), ...back]
}

function readGroups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}
