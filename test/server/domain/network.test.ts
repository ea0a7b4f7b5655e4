import { describe, expect, it } from 'vitest'
import { clientOf, ownerOf, plainAddress, readNetwork, trustedProxies } from '../../../server/domain/network.ts'

describe('plainAddress()', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:5123', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['', ''],
    ['unknown', ''],
    ['_hidden', ''],
    ['999.1.1.1', ''],
    ['1.2.3', ''],
    ['203.0.113.7, 10.0.0.1', ''],
    [`${'1'.repeat(5000)}.1.1.1`, ''],
  ])('reads %s as %s', (text, address) => expect(plainAddress(text)).toBe(address))
})

describe('ownerOf()', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0001::9', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['', ''],
  ])('counts %s as %s', (address, owner) => expect(ownerOf(address)).toBe(owner))
})

describe('clientOf()', () => {
  const trusts = trustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8:aa::/48'])!

  it.each([
    ['no header', '127.0.0.1', undefined, '127.0.0.1'],
    ['a proxy that names the client', '127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['a proxy over IPv4 dressed as IPv6', '::ffff:10.1.2.3', '203.0.113.7', '203.0.113.7'],
    ['a proxy over IPv6', '2001:db8:aa:1::5', '2001:db8:bb::1', '2001:db8:bb::1'],
    ['two proxies', '127.0.0.1', '203.0.113.7, 10.0.0.9', '203.0.113.7'],
    ['a client that writes addresses of its own', '127.0.0.1', '1.1.1.1, 8.8.8.8, 203.0.113.7', '203.0.113.7'],
    ['a client that claims to be a proxy of ours', '127.0.0.1', '1.1.1.1, 10.0.0.1, 203.0.113.7', '203.0.113.7'],
    ['a stranger that sends the header itself', '198.51.100.2', '203.0.113.7', '198.51.100.2'],
    ['proxies alone', '127.0.0.1', '10.0.0.8, 10.0.0.9', '10.0.0.8'],
    ['a proxy that names nobody', '127.0.0.1', 'unknown', '127.0.0.1'],
    ['a proxy behind one that names nobody', '127.0.0.1', '203.0.113.7, unknown, 10.0.0.9', '10.0.0.9'],
    ['an empty header', '127.0.0.1', '', '127.0.0.1'],
    ['an address with its port', '127.0.0.1', '203.0.113.7:5123', '203.0.113.7'],
    ['blanks around commas', '127.0.0.1', ' 203.0.113.7 ,  10.0.0.9 ', '203.0.113.7'],
    ['a comma first', '127.0.0.1', ',10.0.0.9', '10.0.0.9'],
    ['no socket', '', '203.0.113.7', ''],
  ])('knows the client behind %s', (_, peer, header, client) => expect(clientOf(peer, header, trusts)).toBe(client))
})

describe('trustedProxies()', () => {
  it('believes nobody when none is named', () => expect(trustedProxies([])).toBeUndefined())

  it('reads networks of both kinds', () => {
    const trusts = trustedProxies(['192.0.2.0/24', '::1'])!
    const asked = ['192.0.2.255', '192.0.3.0', '::1', '::2', '']
    expect(asked.map(trusts)).toEqual([true, false, true, false, false])
  })
})

describe('readNetwork()', () => {
  it.each(['', 'localhost', '10.0.0.0/33', '::1/129', '10.0.0/8', '10.0.0.0/', '10.0.0.0/8/8', '[::1]', '10.0.0.0/-1'])(
    'refuses %s',
    (text) => expect(readNetwork(text)).toBeUndefined(),
  )
})
