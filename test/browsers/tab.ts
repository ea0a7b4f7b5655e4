/** What a person does in a tab, for browsers that each speak another protocol. An element is named by the JavaScript that finds it. */
import { setTimeout as sleep } from 'node:timers/promises'

/** A document that is shown: a page, or a frame in one. */
export type View = {
  /** What an expression comes to in the document. */
  read<T>(expression: string): Promise<T>
  /** Clicks in the middle of an element. */
  click(element: string): Promise<void>
  /** The document in a frame. */
  enter(iframe: string): Promise<View>
}

export type Tab = View & {
  open(url: string): Promise<void>
  /** Types into whatever has the focus, key by key. */
  type(text: string): Promise<void>
  press(key: 'Tab' | 'Enter'): Promise<void>
  /** Makes the window as wide and high as that, for pictures. */
  resize(width: number, height: number): Promise<void>
  /** The picture of what is to be seen, as PNG. */
  photograph(): Promise<Buffer>
}

/** A browser that is running. `close` ends it, and all that it started. */
export type Running = { version: string; tab: Tab; close(): Promise<void> }
export type Wish = { dark: boolean }

const patienceMs = 15_000

/** Waits until an expression comes to something. */
export async function until<T>(view: View, expression: string): Promise<T> {
  let last = ''
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(50)) {
    try {
      const found = await view.read<T>(expression)
      if (found) return found
      last = JSON.stringify(found)
    } catch (error) {
      // A document may just be giving way to the next.
      last = String(error)
    }
  }
  throw new Error(`never: ${expression} (last: ${last})`)
}

const quote = (text: string) => JSON.stringify(text)

/** The field that a label names. */
export const field = (label: string) =>
  `[...document.querySelectorAll('label')].find((each) => each.textContent === ${quote(label)})?.control`
/** The first button whose words begin like that. */
export const button = (words: string) =>
  `[...document.querySelectorAll('button')].find((each) => each.textContent.trim().startsWith(${quote(words)}))`
/** Something in the element's own tree. */
export const inElement = (selector: string) =>
  `document.querySelector('fourgeeks-checkout')?.shadowRoot?.querySelector(${quote(selector)})`

/** Enters a frame as soon as something is in it. */
export async function enter(view: View, iframe: string, expects: string): Promise<View> {
  await until(view, `Boolean(${iframe})`)
  const inside = await view.enter(iframe)
  await until(inside, `Boolean(${expects})`)
  return inside
}
