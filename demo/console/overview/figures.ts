/** The overview's figures as words: what the charts show, in a table, and why cards were declined. */
import { html, type TemplateResult } from 'lit'
import type { TotalsPoint, TotalsView } from '../../../server/contract/console.ts'
import type { App } from '../app.ts'

/** The charts once more, for whoever does not look at them. */
export function totalsTable(
  { text, format }: App,
  points: readonly TotalsPoint[],
  currency: string,
  moment: (at: Date) => string,
): TemplateResult {
  const words = text.overview
  return html`<details class="as-table">
    <summary>${words.asTable}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${words.asTable}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${words.when}</th>
            <th scope="col" class="end">${words.volume}</th>
            <th scope="col" class="end">${words.succeeded}</th>
            <th scope="col" class="end">${words.declined}</th>
          </tr>
        </thead>
        <tbody>
          ${points.map(
            (point) =>
              html`<tr>
                <th scope="row"><time datetime=${point.at}>${moment(new Date(point.at))}</time></th>
                <td class="end">${format.money(point.amount, currency)}</td>
                <td class="end">${format.count(point.succeeded)}</td>
                <td class="end">${format.count(point.declined)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`
}

/** Each reason with a bar as long as its share. */
export function reasons({ text, format }: App, declines: TotalsView['declines']): TemplateResult {
  if (declines.length === 0) return html`<p class="faint">${text.overview.noReasons}</p>`
  const most = Math.max(...declines.map(({ count }) => count))
  return html`<ul class="reasons">
    ${declines.map(
      ({ code, count }) =>
        html`<li>
          <span>${text.declines[code] ?? code}</span> <b>${format.count(count)}</b>
          <meter
            min="0"
            max=${most}
            value=${count}
            aria-label="${text.declines[code] ?? code}: ${format.count(count)}"
          ></meter>
        </li>`,
    )}
  </ul>`
}
