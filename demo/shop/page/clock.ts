/** The tester's clock: months of a subscription in a click. Only a demonstration has it. */
import { html, nothing, type TemplateResult } from 'lit'
import { moveClock, type Clock, type ClockMove } from './backend.ts'
import { localeOf } from './data.ts'
import type { Scene } from './layout.ts'
import { testCards } from './sandbox.ts'

let moving: ClockMove | undefined
let failed = false

/** `moved` is called when time has moved: everything that became due on the way has happened by then. */
export function clockPanel(scene: Scene, clock: Clock | undefined, moved: () => Promise<void>): TemplateResult {
  const { text, language, paint } = scene
  const moment = new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'full', timeStyle: 'short' })

  async function move(to: ClockMove): Promise<void> {
    if (moving) return
    moving = to
    paint()
    failed = !(await moveClock(to))
    await moved()
    moving = undefined
    paint()
  }

  const button = (to: ClockMove, words: string, isOff = false) =>
    html`<button
      class="button small quiet"
      type="button"
      ?disabled=${isOff}
      aria-disabled=${moving ? 'true' : nothing}
      aria-busy=${moving === to ? 'true' : nothing}
      @click=${() => move(to)}
    >
      ${words}
    </button>`

  return html`<details class="sandbox" open>
    <summary>
      <span><span class="badge">${text.qaTitle}</span>${text.qaLine}</span>
    </summary>
    ${
      clock
        ? html`<h3>${text.clock}</h3>
            <p class="clock" role="status">
              <span>${moment.format(new Date(clock.now))}</span>
              <span class="fine"
                >${clock.own ? (clock.frozen ? text.clockFrozen : text.clockOwn) : text.clockReal}</span
              >
            </p>
            <div class="actions">
              ${button('freeze', text.clockFreeze, clock.frozen)} ${button('day', text.clockDay)}
              ${button('month', text.clockMonth)} ${button('real', text.clockBack, !clock.own)}
            </div>
            ${failed ? html`<p class="warning" role="alert">${text.clockFailed}</p>` : nothing}`
        : nothing
    }
    ${testCards(scene, [
      ['4242 4242 4242 4242', text.qaPays],
      ['4000 0000 0000 0341', text.qaLater],
      ['4000 0000 0000 0002', text.qaDeclined],
    ])}
  </details>`
}
