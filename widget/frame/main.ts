/** The card frame: shakes hands once with the page that may hold it, then speaks only through the port it was given. */
import './frame.css'
import { randomWord, readConnect, readToFrame, type FromFrame } from '../channel.ts'
import { reworded, type CardText } from '../text/index.ts'
import { cardForm, dress, type CardForm, type CardFormOptions, type FrameSession } from './card-form.ts'

type FrameData = { origins: string[]; session: FrameSession }

const main = document.getElementById('frame')!
const read = (id: string): unknown => JSON.parse(document.getElementById(id)!.textContent)
const data = read('frame-data') as FrameData
/** In the document's language, and no other. */
const text = read('frame-text') as CardText
// The payment side's own page may hold the frame as well: it is the same origin, and it sends frame-ancestors by itself.
const mayHold = (origin: string) => data.origins.includes(origin) || origin === location.origin

if (parent === window) main.textContent = text.alone

addEventListener('message', function meet(event: MessageEvent<unknown>) {
  const port = event.ports[0]
  const isHost = event.source === parent && parent !== window && mayHold(event.origin)
  if (!isHost || event.ports.length !== 1 || !port) return
  if (readConnect(event.data)?.nonce !== location.hash.slice(1)) return
  removeEventListener('message', meet)
  converse(port)
})

function converse(port: MessagePort): void {
  const tell = (message: FromFrame) => port.postMessage(message)
  let form: CardForm | null = null
  port.onmessage = ({ data: raw }: MessageEvent<unknown>) => {
    const message = readToFrame(raw)
    if (message?.type === 'submit') form?.submit()
    if (message?.type === 'fill') form?.fill(message.card)
    if (message?.type === 'theme') dress(message.theme)
    if (message?.type !== 'init' || form) return
    dress(message.theme)
    form = cardForm(main, {
      intent: { id: message.intentId, clientSecret: message.clientSecret },
      text: reworded(text, message.texts),
      session: data.session,
      button: message.button,
      tell,
      means: {
        fetch: (...call) => fetch(...call),
        sleep: (delayMs) =>
          new Promise((done) => {
            setTimeout(done, delayMs)
            // Nobody waits longer than the network.
            addEventListener('online', done, { once: true, signal: AbortSignal.timeout(delayMs) })
          }),
        newKey: () => randomWord(),
      },
      now: () => new Date(),
      resumes: message.resumes,
      kept: kept(message.intentId),
    })
    new ResizeObserver(() =>
      tell({ type: 'height', height: Math.min(4000, Math.ceil(main.getBoundingClientRect().height)) }),
    ).observe(main)
  }
  tell({ type: 'ready' })
}

/** The key of an unanswered click, for as long as the tab lives. */
const kept = (intentId: string): CardFormOptions['kept'] => ({
  read: () => storage()?.getItem(intentId),
  write: (key) => (key ? storage()?.setItem(intentId, key) : storage()?.removeItem(intentId)),
})

function storage(): Storage | undefined {
  try {
    return sessionStorage
  } catch {
    // Browsers that refuse storage in frames keep none.
    return undefined
  }
}
