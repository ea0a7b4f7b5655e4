import { describe, expect, it } from 'vitest'
import { hidesItsClients, readSettings, SettingError } from '../../server/settings.ts'

describe('readSettings()', () => {
  /** Secrets of one's own, as a listener that others can reach needs them. */
  const mine = {
    SERVER_SECRET: 'x'.repeat(32),
    SANDBOX_API_KEY: 'sk_test_mine1',
    SANDBOX_CLIENT_SECRET: 'a-secret-of-mine',
  }

  it('needs nothing on one’s own machine', () => {
    expect(readSettings({})).toMatchObject({
      port: 4242,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:4242',
      databaseUrl: 'sqlite:./data/checkout.db',
      sandboxApiKey: 'sk_test_sandbox',
      sandboxKeys: ['sk_test_sandbox', 'sk_test_your_api_key_here'],
      sandboxClient: { id: 'sandbox', secret: 'sandbox-secret' },
      sandboxOrigins: ['http://localhost:4243', 'http://127.0.0.1:4243'],
    })
  })

  it('follows the ports that are set', () => {
    expect(readSettings({ PORT: '5000', SHOP_PORT: '5001' })).toMatchObject({
      publicUrl: 'http://localhost:5000',
      sandboxOrigins: ['http://localhost:5001', 'http://127.0.0.1:5001'],
    })
  })

  it.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['SHOP_PORT', '1.5'],
    ['PUBLIC_URL', 'localhost'],
    ['PUBLIC_URL', 'https://pay.example/path'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['DATABASE_URL', 'mysql://x'],
    ['DATABASE_URL', 'sqlite:'],
    ['SANDBOX_API_KEY', 'hello'],
    ['SANDBOX_API_KEY', 'sk_live_abcdef'],
    ['SANDBOX_CLIENT_ID', 'two words'],
    ['SANDBOX_CLIENT_ID', 'a:b'],
    ['SANDBOX_CLIENT_ID', 'x'.repeat(101)],
    ['SANDBOX_CLIENT_SECRET', 'short'],
    ['SANDBOX_CLIENT_SECRET', 'with a space'],
    ['SANDBOX_CLIENT_SECRET', '100%+secret'],
    ['SANDBOX_CLIENT_SECRET', 'x'.repeat(201)],
    ['SANDBOX_CLOCK', 'yesterday'],
    ['SANDBOX_CLOCK', '2017'],
    ['SANDBOX_CLOCK', '2017-02-30'],
    ['SANDBOX_CLOCK', '2017-02-29T09:00:00Z'],
    ['SANDBOX_CLOCK', '2017-13-01'],
    ['SANDBOX_CLOCK', '2017-08-01T25:00:00Z'],
    ['SANDBOX_CLOCK', '2017-08-01T09:00:00'],
    ['SANDBOX_CLOCK', '2017-08-01 09:00:00Z'],
    ['SANDBOX_CLOCK', '1969-08-01'],
    ['SANDBOX_CLOCK', '9999-08-01'],
    ['SANDBOX_CLOCK', '1501545600'],
    ['SANDBOX_ORIGINS', 'https://a.example,nonsense'],
    ['LOG_LEVEL', 'loud'],
    ['RATE_LIMITS', 'none'],
    ['RATE_LIMITS', '100'],
    ['RATE_LIMITS', 'key=0'],
    ['RATE_LIMITS', 'key=-1'],
    ['RATE_LIMITS', 'key=1.5'],
    ['RATE_LIMITS', 'key=10000000'],
    ['RATE_LIMITS', 'key=10,key=20'],
    ['RATE_LIMITS', 'key=10,'],
    ['RATE_LIMITS', 'account=10'],
    ['TRUST_PROXY', 'proxy.example'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '::/0'],
    ['METRICS', 'yes'],
  ])('stops at %s=%s with a line that names the setting', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(SettingError)
    expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`^${name} `))
  })

  it.each([
    [{}, { key: 100, address: 20, session: 5 }],
    [{ RATE_LIMITS: 'on' }, { key: 100, address: 20, session: 5 }],
    [{ RATE_LIMITS: 'off' }, { key: Infinity, address: Infinity, session: Infinity }],
    [{ RATE_LIMITS: 'address=200' }, { key: 100, address: 200, session: 5 }],
    [{ RATE_LIMITS: ' key = 1000 , session=50,address=7' }, { key: 1000, address: 7, session: 50 }],
  ])('reads the rate limits: %o', (env, rateLimits) => expect(readSettings(env)).toMatchObject({ rateLimits }))

  it.each([
    [undefined, null],
    ['', null],
    ['now', null],
    ['2017-08-01', '2017-08-01T00:00:00.000Z'],
    ['2016-02-29', '2016-02-29T00:00:00.000Z'],
    ['2017-08-01T09:00:00Z', '2017-08-01T09:00:00.000Z'],
    ['2017-08-01T09:00:00.5Z', '2017-08-01T09:00:00.500Z'],
    ['2017-08-01T22:30-06:00', '2017-08-02T04:30:00.000Z'],
  ])('reads where the clock starts: %j', (text, at) =>
    expect(readSettings({ SANDBOX_CLOCK: text }).sandboxClock?.toISOString() ?? null).toBe(at),
  )

  it('keeps the clock of production where it is', () => {
    const env = { NODE_ENV: 'production', ...mine, SANDBOX_CLOCK: '2017-08-01' }
    expect(() => readSettings(env)).toThrow(/^SANDBOX_CLOCK .* in production$/)
    expect(readSettings({ ...mine, HOST: '0.0.0.0', SANDBOX_CLOCK: '2017-08-01' }).sandboxClock).not.toBeNull()
  })

  it.each([
    [{}, []],
    [{ TRUST_PROXY: 'none' }, []],
    [{ TRUST_PROXY: '127.0.0.1, 10.0.0.0/8,::1' }, ['127.0.0.1', '10.0.0.0/8', '::1']],
  ])('reads the proxies that are believed: %o', (env, trustProxy) =>
    expect(readSettings(env)).toMatchObject({ trustProxy }),
  )

  it.each([
    [{}, false],
    [{ PUBLIC_URL: 'https://pay.example' }, true],
    [{ PUBLIC_URL: 'https://pay.example', TRUST_PROXY: '127.0.0.1' }, false],
    [{ PUBLIC_URL: 'https://pay.example', RATE_LIMITS: 'off' }, false],
  ])('notices a proxy that nobody named: %o', (env, hidden) => {
    expect(hidesItsClients(readSettings(env))).toBe(hidden)
  })

  it.each([
    [{}, true],
    [{ HOST: '::1' }, true],
    [{ METRICS: 'off' }, false],
    [{ HOST: '0.0.0.0', ...mine }, false],
    [{ HOST: '0.0.0.0', METRICS: 'on', ...mine }, true],
    // Behind a proxy on the same machine, which shows whatever the server answers.
    [{ PUBLIC_URL: 'https://pay.example' }, false],
  ])('shows metrics only on one’s own machine, unless it is told otherwise: %o', (env, metrics) =>
    expect(readSettings(env)).toMatchObject({ metrics }),
  )

  it.each([
    [{ NODE_ENV: 'production' }, /^SERVER_SECRET .* in production$/],
    [{ HOST: '0.0.0.0' }, /^SERVER_SECRET .* 0\.0\.0\.0/],
    [{ HOST: '0.0.0.0', SERVER_SECRET: 'short' }, /^SERVER_SECRET/],
    [{ NODE_ENV: 'production', SERVER_SECRET: 'x'.repeat(32) }, /^SANDBOX_API_KEY/],
    [
      { HOST: '0.0.0.0', SERVER_SECRET: 'x'.repeat(32), SANDBOX_API_KEY: 'sk_test_your_api_key_here' },
      /^SANDBOX_API_KEY/,
    ],
    [{ ...mine, SANDBOX_CLIENT_SECRET: '', NODE_ENV: 'production' }, /^SANDBOX_CLIENT_SECRET .* in production$/],
    [{ ...mine, SANDBOX_CLIENT_SECRET: 'sandbox-secret', HOST: '0.0.0.0' }, /^SANDBOX_CLIENT_SECRET .* 0\.0\.0\.0/],
    // Another name makes a well-known secret no better.
    [{ ...mine, SANDBOX_CLIENT_ID: 'mine', SANDBOX_CLIENT_SECRET: '', HOST: '0.0.0.0' }, /^SANDBOX_CLIENT_SECRET/],
  ])('refuses the well-known secrets where others could use them: %o', (env, message) => {
    expect(() => readSettings(env)).toThrow(message)
  })

  it('takes secrets of one’s own anywhere', () => {
    expect(readSettings({ NODE_ENV: 'production', HOST: '0.0.0.0', ...mine })).toMatchObject({
      host: '0.0.0.0',
      sandboxKeys: ['sk_test_mine1'],
      sandboxClient: { id: 'sandbox', secret: 'a-secret-of-mine' },
    })
  })
})
