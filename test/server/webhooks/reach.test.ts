/** Addresses of one's own network, in every way of writing them that has fooled somebody: none is connected to. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkUrl, guardedLookup, isPublicAddress, RefusedAddress } from '../../../server/webhooks/reach.ts'

/** As hosts of an address. */
const inside = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '0x7F.1',
  '2130706433',
  '017700000001',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '0',
  '0.0.0.0',
  '0.0.0.1',
  '0x0',
  '00000000000',
  '10.0.0.1',
  '10.255.255.255',
  '012.0.0.1',
  '0xa000001',
  '167772161',
  '172.16.0.1',
  '172.31.255.255',
  '0xac.0x10.0.1',
  '192.168.0.1',
  '192.168.257',
  '3232235521',
  '0xc0a80001',
  '169.254.0.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '100.64.0.1',
  '100.127.255.255',
  '192.0.0.1',
  '192.0.0.170',
  '192.0.2.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '0xffffffff',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:10.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[::ffff:8.8.8.8]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::10.0.0.1]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]',
  '[2002:a00:1::]',
  '[2001:0:7f00:1::]',
  '[2001:db8::1]',
  '[2001:10::1]',
  '[2001:2::1]',
  '[fc00::1]',
  '[fd00::1]',
  '[fdff:ffff::1]',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[ff0e::1]',
  '[100::1]',
  '[::ffff:0:127.0.0.1]',
  'localhost',
  'LOCALHOST',
  'localhost.',
]

const names = new Set(['localhost', 'localhost.'])

describe('an address of a webhook', () => {
  it('is one of eighty and more', () => {
    expect(new Set(inside).size).toBeGreaterThanOrEqual(80)
  })

  it.each(inside)('https://%s/ is refused, or leads to nobody', async (host) => {
    const url = URL.parse(`https://${host}/`)
    // What no browser reads as an address is none that anybody could make.
    if (!url) return
    const refusesName = async () => {
      const look = guardedLookup({ loopback: false })
      await new Promise<void>((resolve, reject) =>
        look(url.hostname, { all: true }, (error) => (error ? reject(error) : resolve())),
      )
    }
    if (names.has(url.hostname)) await expect(refusesName()).rejects.toThrow()
    else expect(() => checkUrl(url, { loopback: false })).toThrow(RefusedAddress)
  })

  it.each(['http://example.com/', 'https://example.com:22/', 'https://example.com:8080/', 'https://a:b@example.com/'])(
    '%s is refused',
    (address) => expect(() => checkUrl(new URL(address), { loopback: true })).toThrow(RefusedAddress),
  )

  it.each([
    'https://example.com/',
    'https://example.com:8443/x',
    'https://93.184.215.14/',
    'https://[2606:4700::1111]/',
  ])('%s may be reached', (address) => expect(() => checkUrl(new URL(address), { loopback: false })).not.toThrow())

  it.each(['http://localhost:4243/', 'http://127.0.0.1:9/', 'http://[::1]:9/', 'https://127.0.0.9/'])(
    '%s may be reached from a sandbox on the same machine, and from nowhere else',
    (address) => {
      expect(() => checkUrl(new URL(address), { loopback: true })).not.toThrow()
      expect(() => checkUrl(new URL(address), { loopback: false })).toThrow(RefusedAddress)
    },
  )

  it('that the machine may be reached makes no other inside address reachable', () => {
    for (const host of ['10.0.0.1', '169.254.169.254', '[fd00::1]', '0.0.0.0']) {
      expect(() => checkUrl(new URL(`http://${host}/`), { loopback: true })).toThrow(RefusedAddress)
    }
  })
})

describe('the lookup of a connection', () => {
  const ask = (addresses: string[], loopback = false, host = 'shop.example') =>
    new Promise<unknown>((resolve, reject) => {
      const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      guardedLookup({ loopback }, () => Promise.resolve(found))(host, { all: true }, (error, all) =>
        error ? reject(error) : resolve(all),
      )
    })

  it('gives public addresses', async () => {
    expect(await ask(['93.184.215.14'])).toEqual([{ address: '93.184.215.14', family: 4 }])
  })

  it.each([['127.0.0.1'], ['10.0.0.1', '93.184.215.14'], ['93.184.215.14', '::1'], ['::ffff:10.0.0.1'], []])(
    'refuses a name that leads to %s',
    async (...addresses) => {
      await expect(ask(addresses.filter((one) => one !== undefined))).rejects.toBeInstanceOf(RefusedAddress)
    },
  )

  it('refuses a name that is not localhost and leads to this machine, in a sandbox too', async () => {
    await expect(ask(['127.0.0.1'], true)).rejects.toBeInstanceOf(RefusedAddress)
    await expect(ask(['127.0.0.1'], true, 'localhost')).resolves.toBeDefined()
    await expect(ask(['10.0.0.1'], true, 'localhost')).rejects.toBeInstanceOf(RefusedAddress)
  })

  it('is done anew by each connection, so that what was checked is what is reached', async () => {
    let asked = 0
    const look = guardedLookup({ loopback: false }, () =>
      Promise.resolve([{ address: asked++ === 0 ? '93.184.215.14' : '127.0.0.1', family: 4 }]),
    )
    const once = () =>
      new Promise<unknown>((resolve) =>
        look('shop.example', { all: false }, (error, address) => resolve(error ?? address)),
      )
    expect(await once()).toBe('93.184.215.14')
    expect(await once()).toBeInstanceOf(RefusedAddress)
  })

  it('takes no word that is no address', () => {
    for (const word of ['', 'shop.example', '1.2.3', ':::', '93.184.215.14/8'])
      expect(isPublicAddress(word)).toBe(word === '1.2.3' ? isPublicAddress('1.2.0.3') : false)
  })
})

describe('a try', () => {
  let server: Server
  let hits = 0
  beforeAll(async () => {
    server = createServer((_, answer) => {
      hits++
      answer.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  it('reaches no listener of this machine from a server that others can reach', async () => {
    const { overNetwork } = await import('../../../server/webhooks/deliver.ts')
    const { aDelivery, anEndpoint } = await import('../../support/builders.ts')
    const { port } = server.address() as AddressInfo
    const send = overNetwork({ loopback: false })
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', '0.0.0.0']) {
      for (const scheme of ['http', 'https']) {
        const outcome = await send(aDelivery(), anEndpoint({ url: `${scheme}://${host}:${port}/` }), {})
        expect(outcome).toMatchObject({ httpStatus: null, error: 'address_refused' })
      }
    }
    expect(hits).toBe(0)
    const own = await overNetwork({ loopback: true })(aDelivery(), anEndpoint({ url: `http://localhost:${port}/` }), {})
    expect([own.httpStatus, hits]).toEqual([200, 1])
  })
})
