import { assert } from 'chai'
import { aTheme, sleep, until } from './support.ts'

const frameOrigin = 'http://127.0.0.1:8124'
const nonce = '1-22-333-4444'
const init = {
  type: 'init',
  clientSecret: 'pi_1_secret_x',
  intentId: 'pi_1',
  resumes: false,
  locale: 'en',
  theme: aTheme(),
  texts: {},
  button: true,
}

/** The card frame's side of the handshake, in a real frame of another origin. */
describe('the card frame', () => {
  let iframe: HTMLIFrameElement
  const open = async (port = location.port, hash = nonce) => {
    iframe = document.createElement('iframe')
    iframe.src = `${frameOrigin}/frame/cs_test_${port}#${hash}`
    document.body.append(iframe)
    await new Promise((done) => iframe.addEventListener('load', done, { once: true }))
  }
  afterEach(() => iframe.remove())

  /** Greets, and answers what comes back on the port. */
  const greet = (greeting: unknown, ports = 1) => {
    const channels = Array.from({ length: ports }, () => new MessageChannel())
    const heard: unknown[] = []
    const [first] = channels
    if (first) first.port1.onmessage = (event) => heard.push(event.data)
    const transfer = channels.map(({ port2 }) => port2)
    iframe.contentWindow!.postMessage(greeting, frameOrigin, transfer)
    return { heard, say: (message: unknown) => first?.port1.postMessage(message) }
  }

  it('answers the greeting that carries its nonce, and shows the form once it is told what to pay', async () => {
    await open()
    const { heard, say } = greet({ type: 'fourgeeks:connect', nonce })
    await until('ready', () => heard[0])
    assert.deepEqual(heard, [{ type: 'ready' }])
    say(init)
    const height = await until('a height', () => (heard as { height?: number }[]).find((each) => each.height)?.height)
    assert.isAbove(height, 100)
  })

  for (const [name, greeting, ports] of [
    ['another nonce', { type: 'fourgeeks:connect', nonce: '1-22-333-5555' }, 1],
    ['no nonce', { type: 'fourgeeks:connect' }, 1],
    ['a field too many', { type: 'fourgeeks:connect', nonce, more: 1 }, 1],
    ['no port', { type: 'fourgeeks:connect', nonce }, 0],
    ['two ports', { type: 'fourgeeks:connect', nonce }, 2],
    ['another type', { type: 'init', nonce }, 1],
  ] as const) {
    it(`is silent to a greeting with ${name}, and still answers the right one`, async () => {
      await open()
      const wrong = greet(greeting, ports)
      await sleep(150)
      assert.deepEqual(wrong.heard, [])
      const right = greet({ type: 'fourgeeks:connect', nonce })
      await until('ready', () => right.heard[0])
    })
  }

  it('is silent to a page that the account does not list', async () => {
    await open('1')
    const { heard, say } = greet({ type: 'fourgeeks:connect', nonce })
    say(init)
    await sleep(300)
    assert.deepEqual(heard, [])
  })

  it('is silent to a frame of an allowed page that is not its parent', async () => {
    await open()
    const sibling = document.createElement('iframe')
    document.body.append(sibling)
    const channel = new MessageChannel()
    const heard: unknown[] = []
    channel.port1.onmessage = (event) => heard.push(event.data)
    Object.assign(sibling.contentWindow!, { target: iframe.contentWindow, port: channel.port2, frameOrigin, nonce })
    const script = sibling.contentDocument!.createElement('script')
    script.textContent = `target.postMessage({ type: 'fourgeeks:connect', nonce }, frameOrigin, [port])`
    sibling.contentDocument!.body.append(script)
    await sleep(200)
    sibling.remove()
    assert.deepEqual(heard, [])
  })

  it('shakes hands once', async () => {
    await open()
    const first = greet({ type: 'fourgeeks:connect', nonce })
    await until('ready', () => first.heard[0])
    const second = greet({ type: 'fourgeeks:connect', nonce })
    await sleep(150)
    assert.deepEqual(second.heard, [])
  })

  it('does nothing for malformed words on its port', async () => {
    await open()
    const { heard, say } = greet({ type: 'fourgeeks:connect', nonce })
    await until('ready', () => heard[0])
    for (const message of [null, 'init', { ...init, css: 'x' }, { ...init, theme: {} }, { type: 'submit', now: true }])
      say(message)
    await sleep(150)
    assert.deepEqual(heard, [{ type: 'ready' }])
  })
})
