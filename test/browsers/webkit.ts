/** WebKitGTK, through the driver that its project ships and the W3C's WebDriver, on a screen that nobody sees. */
import { type ChildProcess, spawn } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/free-port.ts'
import type { Running, Tab, View, Wish } from './tab.ts'

/** How the protocol marks an element of the page. */
const mark = 'element-6066-11e4-a52e-4f735466cecf'
type Element = { [mark]: string }
type Command = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<T>

const screenWidth = 1400
const screenHeight = 1600

const keys = { Tab: '\uE004', Enter: '\uE007' }

export async function openWebkit(
  programs: { driver: string; screen: string; browser: string },
  { dark }: Wish,
): Promise<Running> {
  const home = mkdtempSync(join(tmpdir(), 'webkit-'))
  const started: ChildProcess[] = []
  const start = (program: string, args: string[], env: Record<string, string>, pipe: 'ignore' | 'pipe') => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'ignore', pipe],
      env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, ...env },
    })
    started.push(child)
    return child
  }
  let end = async () => {}
  const close = async () => {
    await end()
    for (const child of started.reverse()) await gone(child)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const screen = start(
      programs.screen,
      ['-displayfd', '3', '-screen', '0', `${screenWidth}x${screenHeight}x24`, '-nolisten', 'tcp'],
      {},
      'pipe',
    )
    const display = await new Promise<string>((done, fail) => {
      screen.stdio[3]!.once('data', (line: Buffer) => done(`:${line.toString().trim()}`))
      screen.once('exit', () => fail(new Error(`${programs.screen} did not start`)))
    })
    const port = await freePort()
    start(
      programs.driver,
      [`--port=${port}`],
      {
        DISPLAY: display,
        GDK_BACKEND: 'x11',
        // Pages take their scheme from the desktop's theme.
        GTK_THEME: dark ? 'Adwaita:dark' : 'Adwaita',
        // No graphics card is needed.
        WEBKIT_DISABLE_DMABUF_RENDERER: '1',
        LANGUAGE: 'es_CR:es',
        NO_AT_BRIDGE: '1',
      },
      'ignore',
    )
    const base = `http://127.0.0.1:${port}`
    for (let tries = 0; !(await fetch(`${base}/status`).catch(() => null))?.ok; tries++) {
      if (tries > 400) throw new Error(`${programs.driver} did not come up`)
      await sleep(25)
    }
    const ask: Command = async <T>(method: string, path: string, body?: object) => {
      const signal = AbortSignal.timeout(20_000)
      const answer = await fetch(base + path, { method, signal, ...(body ? { body: JSON.stringify(body) } : {}) })
      const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } }
      if (!answer.ok) throw new Error(`${method} ${path}: ${value.error} ${value.message}`)
      return value
    }
    const { sessionId, capabilities } = await ask<{ sessionId: string; capabilities: { browserVersion: string } }>(
      'POST',
      '/session',
      {
        capabilities: {
          alwaysMatch: { 'webkitgtk:browserOptions': { binary: programs.browser, args: ['--automation'] } },
        },
      },
    )
    const session = `/session/${sessionId}`
    end = async () => void (await ask('DELETE', session))
    const command: Command = (method, path, body) => ask(method, session + path, body)
    return { version: `WebKitGTK ${capabilities.browserVersion}`, tab: tabOf(command), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The small browser that comes with the engine. */
export const miniBrowser = () =>
  globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser').toSorted().at(-1) ?? '/usr/bin/MiniBrowser'

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((done) => child.once('exit', done))
  child.kill()
  await exit
}

function tabOf(command: Command): Tab {
  /** The driver is in one document at a time: every step first goes to its own, from the outermost. */
  const view = (path: string[]): View => {
    const reach = async () => {
      await command('POST', '/frame', { id: null })
      for (const iframe of path) await command('POST', '/frame', { id: await find(iframe) })
    }
    return {
      async read<T>(expression: string) {
        await reach()
        return run<T>(expression)
      },
      async click(element) {
        await reach()
        const found = await find(element)
        await command('POST', `/element/${found[mark]}/click`, {})
      },
      enter: async (iframe) => view([...path, iframe]),
    }
  }
  const run = <T>(expression: string) =>
    command<T>('POST', '/execute/sync', { script: `return (${expression})`, args: [] })
  const find = async (element: string) => {
    const found = await run<Element | null>(element)
    if (!found) throw new Error(`There is no ${element}`)
    return found
  }
  const press = (text: string) =>
    command('POST', '/actions', {
      actions: [
        {
          type: 'key',
          id: 'keyboard',
          actions: Array.from(text).flatMap((value) => [
            { type: 'keyDown', value },
            { type: 'keyUp', value },
          ]),
        },
      ],
    })
  const top = view([])
  return {
    ...top,
    async open(url) {
      await command('POST', '/frame', { id: null })
      await command('POST', '/url', { url })
    },
    type: async (text) => void (await press(text)),
    press: async (key) => void (await press(keys[key])),
    async resize(width, height) {
      // The window has a bar of its own above the page. With no window manager, the window below the pointer has the focus:
      // the pointer stands in the middle of the screen.
      const [outer, inner] = await top.read<[number, number]>('[outerHeight, innerHeight]')
      const whole = height + outer - inner
      const [x, y] = [(screenWidth - width) / 2, (screenHeight - whole) / 2]
      await command('POST', '/window/rect', { x, y, width, height: whole })
    },
    async photograph() {
      // The driver answers with the next picture that is drawn, and a page that rests draws none.
      await top.read(
        `(globalThis.stirred = document.documentElement.animate({ opacity: [0.999, 1] }, { duration: 100, iterations: Infinity }), 1)`,
      )
      const picture = await command<string>('GET', '/screenshot')
      await top.read('(globalThis.stirred.cancel(), 1)')
      return Buffer.from(picture, 'base64')
    },
  }
}
