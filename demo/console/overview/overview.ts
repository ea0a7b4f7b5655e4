import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { PaymentView } from '../../../server/contract/checkout.ts'
import type { ConsoleView, TotalsPoint, TotalsView } from '../../../server/contract/console.ts'
import type { List } from '../../../server/contract/resources.ts'
import { addAmounts } from '../format.ts'
import { badge, title, when } from '../parts/bits.ts'
import { segments, select } from '../parts/fields.ts'
import { Every, Loading } from '../parts/loading.ts'
import { bones, empty, problem } from '../parts/notes.ts'
import { table } from '../parts/table.ts'
import { View } from '../parts/view.ts'
import { type Place, pathOf } from '../router.ts'
import './chart.ts'
import { reasons, totalsTable } from './figures.ts'
import { dayOf, type Span, type SpanName, spanNames, spanOf, utcOffset } from './spans.ts'

type Read = { totals: TotalsView; today: TotalsView; latest: PaymentView[] }

const everyMs = 5000
const stepSeconds = { hour: 3600, day: 86_400 }

/** How business goes: volume and declines over time, today's figures, what came last. */
export class ConsoleOverview extends View {
  static override properties = {
    volumeAt: { state: true, attribute: false },
    declinesAt: { state: true, attribute: false },
  }
  /** On which bar the pointer stands, in each chart. */
  declare private volumeAt: number | null
  declare private declinesAt: number | null
  readonly #read = new Loading<Read>(this, (signal) => this.#ask(signal))
  readonly polling = new Every(this, everyMs, () => this.#read.run())

  constructor() {
    super()
    this.volumeAt = null
    this.declinesAt = null
  }

  protected override willUpdate(changed: PropertyValues): void {
    const former = changed.get('place') as Place | undefined
    if (changed.has('app') || (changed.has('place') && former?.query.toString() !== this.place.query.toString()))
      void this.#read.run()
  }

  async #ask(signal: AbortSignal): Promise<Read> {
    const { api } = this.app
    const me = await api.get<ConsoleView>('/console/api/me', {}, signal)
    const now = new Date(me.now)
    const totals = (currency: string | null, { from, to, step }: Span) =>
      api.get<TotalsView>(
        '/console/api/totals',
        { currency, from: from.toISOString(), to: to.toISOString(), step, utc_offset: utcOffset(now) },
        signal,
      )
    const shown = await totals(this.place.query.get('currency'), spanOf(this.#span, now))
    const { currency } = shown
    const [today, latest] = await Promise.all([
      totals(currency, dayOf(now)),
      api.get<List<PaymentView>>('/v1/payments/', { limit: 6 }, signal),
    ])
    return { totals: shown, today, latest: latest.items }
  }

  protected override render(): TemplateResult {
    const { app } = this
    const { text } = app
    const { value, problem: trouble } = this.#read
    return html`<section class="view">
      <header class="view-top">
        ${title(text.sections.overview)}
        <div class="tools">${this.#choices(value?.totals)}</div>
      </header>
      ${problem(text, trouble, text.problem.read, () => void this.#read.run())}
      ${value ? this.#figures(value) : trouble ? nothing : html`<div class="charts">${bones(text, 5)}${bones(text, 5)}</div>`}
    </section>`
  }

  #choices(totals: TotalsView | undefined): TemplateResult {
    const { text } = this.app
    const words = text.overview
    const currencies = totals?.currencies ?? []
    return html`${
      currencies.length > 1
        ? select({
            label: words.currency,
            value: totals!.currency,
            choices: currencies.map((code) => [code, code] as const),
            change: (currency) => this.#go({ currency }),
          })
        : nothing
    }
    ${segments({
      label: words.span,
      value: this.#span,
      choices: spanNames.map((name) => [name, words.spans[name]] as const),
      change: (span) => this.#go({ span }),
    })}`
  }

  #figures({ totals, today, latest }: Read): TemplateResult {
    const { app } = this
    const { text } = app
    const words = text.overview
    if (latest.length === 0)
      return empty({
        icon: 'payments',
        title: words.emptyTitle,
        line: app.me.test ? words.empty : text.payments.emptyLive,
        action: html`<a class="button" href=${pathOf('requests')}>${text.sections.requests}</a>`,
      })
    return html`${this.#today(today)} ${this.#charts(totals)}
      <div class="columns">
        <section class="main-column" aria-labelledby="latest">
          <h2 id="latest">${words.latest}</h2>
          ${table({
            label: words.latest,
            rows: latest,
            href: (row) => pathOf('payments', row.id),
            columns: [
              {
                label: text.plain.amount,
                cell: (row) => html`<span class="amount">${app.format.money(row.amount, row.currency)}</span>`,
                card: 'title',
                end: true,
              },
              { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
              { label: text.plain.description, cell: (row) => row.description, grow: true },
              { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true },
            ],
          })}
          <p class="further"><a class="button small quiet" href=${pathOf('payments')}>${words.allPayments}</a></p>
        </section>
        <section class="side-column card" aria-labelledby="reasons">
          <h2 id="reasons">${words.reasons}</h2>
          ${reasons(app, totals.declines)}
        </section>
      </div>`
  }

  #today({ points, currency }: TotalsView): TemplateResult {
    const { text, format } = this.app
    const words = text.overview
    const paid = sum(points, 'succeeded')
    const declined = sum(points, 'declined')
    const figure = (name: string, value: string, more = '') =>
      html`<div class="figure">
        <dt>${name}</dt>
        <dd>${value}${more ? html`<span class="fine">${more}</span>` : nothing}</dd>
      </div>`
    return html`<dl class="figures">
      ${figure(
        words.volumeToday,
        format.money(
          addAmounts(
            points.map(({ amount }) => amount),
            currency,
          ),
          currency,
        ),
      )}
      ${figure(words.paidToday, format.count(paid))} ${figure(words.declinedToday, format.count(declined))}
      ${figure(
        words.acceptance,
        paid + declined === 0 ? '–' : format.percent(paid, paid + declined),
        paid + declined === 0 ? '' : words.ofAttempts(format.count(paid + declined)),
      )}
    </dl>`
  }

  #charts({ points, currency, step }: TotalsView): TemplateResult {
    const { app, volumeAt, declinesAt } = this
    const { text, format } = app
    const words = text.overview
    const moment = (at: Date) => (step === 'hour' ? format.hour(at) : format.day(at))
    const chart = (of: {
      name: string
      at: number | null
      point: (value: number | null) => void
      said: (of: readonly TotalsPoint[]) => string
      value: (point: TotalsPoint) => number
      tone: 'accent' | 'bad'
    }) => {
      const pointed = of.at === null ? undefined : points[of.at]
      return html`<figure class="card chart-card">
        <figcaption>
          <h2>${of.name}</h2>
          <p>
            <span class="chart-when">${pointed ? moment(new Date(pointed.at)) : words.spans[this.#span]}</span>
            ${of.said(pointed ? [pointed] : points)}
          </p>
        </figcaption>
        <console-chart
          .bars=${points.map((point) => ({ at: new Date(point.at), value: of.value(point) }))}
          .stepSeconds=${stepSeconds[step]}
          .tone=${of.tone}
          .whole=${of.tone === 'bad'}
          .axis=${(value: number) => format.short(value)}
          .moments=${moment}
          @console-bar=${({ detail }: CustomEvent<number | null>) => of.point(detail)}
        ></console-chart>
      </figure>`
    }
    return html`<div class="charts">
        ${chart({
          name: `${words.volume}, ${currency}`,
          at: volumeAt,
          point: (at) => (this.volumeAt = at),
          said: (of) =>
            words.volumeNow(
              format.money(
                addAmounts(
                  of.map(({ amount }) => amount),
                  currency,
                ),
                currency,
              ),
              sum(of, 'succeeded'),
            ),
          // A float only where a pixel is meant.
          value: ({ amount }) => Number(amount),
          tone: 'accent',
        })}
        ${chart({
          name: words.declines,
          at: declinesAt,
          point: (at) => (this.declinesAt = at),
          said: (of) => words.declinesNow(sum(of, 'declined')),
          value: ({ declined }) => declined,
          tone: 'bad',
        })}
      </div>
      ${totalsTable(app, points, currency, moment)}`
  }

  get #span(): SpanName {
    const said = this.place.query.get('span')
    return spanNames.find((name) => name === said) ?? 'week'
  }

  #go(change: Record<string, string>): void {
    this.app.go(pathOf('overview', null, { ...Object.fromEntries(this.place.query), ...change }), { replace: true })
  }
}

const sum = (points: readonly TotalsPoint[], of: 'succeeded' | 'declined'): number =>
  points.reduce((all, point) => all + point[of], 0)

customElements.define('console-overview', ConsoleOverview)
declare global {
  interface HTMLElementTagNameMap {
    'console-overview': ConsoleOverview
  }
}
