/** Takes a card for the element: the one frame of the payment origin, its handshake, and the port they speak through. */
import { randomWord, readFromFrame, type Connect, type FromFrame, type Theme, type ToFrame } from './channel.ts'

/** What taking a card can tell. `lost`: the form never came. */
export type CardNews = Exclude<FromFrame, { type: 'height' }> | { type: 'lost' }

/** A way to take a card in the page. Ours is a frame of the payment origin; a processor's own fields can be another. */
export type CardInput = {
  mount(into: HTMLElement): void
  submit(): void
  /** Fills in a card of the sandbox. */
  fill(card: string): void
  dress(theme: Theme): void
  destroy(): void
}

export type CardFrameOptions = {
  api: string
  sessionId: string
  intent: { id: string; clientSecret: string; resumes: boolean }
  locale: string
  theme: Theme
  /** What the shop would rather have the frame say. */
  texts: Record<string, string>
  /** Whether the frame shows the button that pays. */
  button: boolean
  /** The frame's accessible name. */
  title: string
  tell(news: CardNews): void
}

const patienceMs = 15_000

export function cardFrame(options: CardFrameOptions): CardInput {
  const { api, sessionId, locale, button, tell } = options
  const nonce = randomWord()
  const iframe = document.createElement('iframe')
  let theme = options.theme
  let port: MessagePort | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const say = (message: ToFrame) => port?.postMessage(message)

  /** Once: a frame that loads again has lost what was typed, and must not get a second port. */
  const connect = () => {
    const { port1, port2 } = new MessageChannel()
    port = port1
    // Another script may come by the port: what it dispatches there itself is none of the frame's, and the listener is out of its reach.
    port.addEventListener('message', ({ data, isTrusted }: MessageEvent<unknown>) => {
      if (isTrusted) hear(readFromFrame(data))
    })
    port.start()
    const hello: Connect = { type: 'fourgeeks:connect', nonce }
    iframe.contentWindow?.postMessage(hello, api, [port2])
  }

  const hear = (message: FromFrame | null) => {
    if (!message) return
    if (message.type === 'height') {
      // A hidden frame measures nothing; keep the height it had.
      if (message.height > 0) iframe.style.blockSize = `${message.height}px`
      return
    }
    if (message.type === 'ready') {
      clearTimeout(timer)
      const { intent, texts } = options
      const { id: intentId, clientSecret, resumes } = intent
      say({ type: 'init', clientSecret, intentId, resumes, locale, theme, texts, button })
    }
    tell(message)
  }

  return {
    mount(into) {
      iframe.src = `${api}/frame/${encodeURIComponent(sessionId)}?locale=${encodeURIComponent(locale)}#${nonce}`
      iframe.title = options.title
      iframe.referrerPolicy = 'no-referrer'
      iframe.sandbox.add('allow-scripts', 'allow-same-origin', 'allow-forms')
      iframe.style.colorScheme = theme.scheme
      iframe.addEventListener('load', connect, { once: true })
      into.replaceChildren(iframe)
      timer = setTimeout(() => tell({ type: 'lost' }), patienceMs)
    },
    submit: () => say({ type: 'submit' }),
    fill: (card) => say({ type: 'fill', card }),
    dress(wanted) {
      theme = wanted
      iframe.style.colorScheme = theme.scheme
      say({ type: 'theme', theme })
    },
    destroy() {
      clearTimeout(timer)
      port?.close()
      iframe.remove()
    },
  }
}
