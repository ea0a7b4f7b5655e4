/** The tester's strip under the payment: cards to copy, and the screens a buyer rarely sees. Only a demonstration has it. */
import { html, nothing, type TemplateResult } from 'lit'
import { expireSession } from './backend.ts'
import type { Scene } from './layout.ts'

/** Which session the element shows: the order's own, the same after it was closed, or one that never was. */
export type SandboxScreen = 'order' | 'expired' | 'unknown'

let copied = ''
let failed = false

export function sandboxPanel(
  scene: Scene,
  reference: string,
  screen: SandboxScreen,
  turnTo: (screen: SandboxScreen) => void,
): TemplateResult {
  const { text, paint } = scene
  async function expire(): Promise<void> {
    failed = !(await expireSession(reference))
    if (failed) paint()
    else turnTo('expired')
  }

  return html`<details class="sandbox" open>
    <summary>
      <span><span class="badge">${text.qaTitle}</span>${text.qaLine}</span>
    </summary>
    ${testCards(scene, [
      ['4242 4242 4242 4242', text.qaPays],
      ['4000 0000 0000 0002', text.qaDeclined],
      ['4000 0000 0000 9995', text.qaFunds],
      ['4000 0027 6000 3184', text.qaAsks],
    ])}
    <h3>${text.qaScreens}</h3>
    <div class="actions">
      <button class="button small quiet" type="button" aria-pressed=${screen === 'expired'} @click=${expire}>
        ${text.qaExpired}
      </button>
      <button
        class="button small quiet"
        type="button"
        aria-pressed=${screen === 'unknown'}
        @click=${() => turnTo('unknown')}
      >
        ${text.qaUnknown}
      </button>
      ${
        screen === 'unknown'
          ? html`<button class="button small quiet" type="button" @click=${() => turnTo('order')}>
              ${text.qaNormal}
            </button>`
          : nothing
      }
    </div>
    ${failed ? html`<p class="warning" role="alert">${text.qaFailed}</p>` : nothing}
  </details>`
}

/** Cards to copy, and what each does. */
export function testCards(
  { text, announce }: Scene,
  cards: readonly (readonly [number: string, outcome: string])[],
): TemplateResult {
  async function copy(number: string): Promise<void> {
    // Without the clipboard's permission the number stays selectable.
    const done = await navigator.clipboard.writeText(number).then(
      () => true,
      () => false,
    )
    copied = done ? number : ''
    announce(done ? text.copied : '')
  }

  return html`<h3>${text.qaCards}</h3>
    <ul class="cards">
      ${cards.map(
        ([number, outcome]) =>
          html`<li>
            <p><code>${number}</code><span class="fine">${outcome}</span></p>
            <button
              class="button small quiet"
              type="button"
              aria-label=${text.copyNamed(number)}
              @click=${() => copy(number)}
            >
              ${copied === number ? text.copied : text.copy}
            </button>
          </li>`,
      )}
    </ul>
    <p class="fine">${text.qaAny}</p>`
}
