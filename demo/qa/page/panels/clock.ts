/** The clock of the test data. */
import { html, nothing, type TemplateResult } from 'lit'
import { fold, type View } from './panel.ts'

export function clockPanel({ seen, act, text, locale }: View): TemplateResult {
  const { clock, clockFailed } = seen
  const shownAt = clock
    ? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' }).format(Date.parse(clock.now))
    : '…'
  const moves: [string, object][] = [
    [clock?.frozen ? text.unfreeze : text.freeze, { frozen: !clock?.frozen }],
    [text.hour, { advance: { seconds: 3600 } }],
    [text.day, { advance: { days: 1 } }],
    [text.month, { advance: { months: 1 } }],
    [text.toReal, { reset: true }],
  ]
  const content = html`<p class="clock"><span class="fine">${text.now}</span> <b>${shownAt}</b></p>
    <div class="actions">
      ${moves.map(
        ([words, body]) =>
          html`<button class="button small quiet" type="button" @click=${() => act.move(body)}>${words}</button>`,
      )}
    </div>
    ${clockFailed ? html`<p class="warning" role="alert">${text.clockFailed}</p>` : nothing}`
  const note = !clock ? '' : clock.frozen ? text.frozen : clock.own ? text.own : text.real
  return fold({ id: 'clock', title: text.clock, content, note })
}
