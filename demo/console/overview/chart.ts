import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import uPlot from 'uplot'

export type Bar = { at: Date; value: number; href?: string }

const heightPx = 190

/**
 * Bars over time. It is drawn on a canvas, which says nothing to a screen reader: whoever uses it puts a table beside it.
 * @fires console-bar - The pointer stands on a bar; `detail` is its place in the row, or null.
 */
export class ConsoleChart extends LitElement {
  static override properties = {
    bars: { attribute: false },
    stepSeconds: { attribute: false },
    tone: { attribute: false },
    axis: { attribute: false },
    moments: { attribute: false },
    whole: { attribute: false },
  }
  declare bars: readonly Bar[]
  /** How long a bar stands for. */
  declare stepSeconds: number
  /** Which colour they have. */
  declare tone: 'accent' | 'bad'
  /** How figures are written beside it. */
  declare axis: (value: number) => string
  /** How moments are written below it. */
  declare moments: (at: Date) => string
  /** Whether its figures are whole: what is counted has no halves. */
  declare whole: boolean
  #plot: uPlot | undefined
  #resized: ResizeObserver | undefined
  #look: MutationObserver | undefined
  readonly #dark = matchMedia('(prefers-color-scheme: dark)')

  constructor() {
    super()
    this.bars = []
    this.stepSeconds = 3600
    this.tone = 'accent'
    this.axis = String
    this.moments = String
    this.whole = false
  }

  protected override createRenderRoot(): this {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#resized = new ResizeObserver(() => this.#fit())
    this.#resized.observe(this)
    this.#dark.addEventListener('change', this.#repaint)
    this.#look = new MutationObserver(this.#repaint)
    this.#look.observe(document.documentElement, { attributeFilter: ['data-look'] })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resized?.disconnect()
    this.#look?.disconnect()
    this.#dark.removeEventListener('change', this.#repaint)
    this.#plot?.destroy()
    this.#plot = undefined
  }

  protected override render(): TemplateResult {
    return html`<div class="chart" aria-hidden="true">
      <i class="ink-${this.tone}"></i><i class="ink-line"></i><i class="ink-soft"></i>
    </div>`
  }

  protected override updated(_changed: PropertyValues): void {
    const data: uPlot.AlignedData = [
      this.bars.map(({ at }) => at.getTime() / 1000),
      this.bars.map(({ value }) => value),
    ]
    if (this.#plot) this.#plot.setData(data)
    else this.#plot = new uPlot(this.#options(), data, this.querySelector<HTMLElement>('.chart')!)
  }

  #options(): uPlot.Options {
    const ink = (name: string) => () => getComputedStyle(this.querySelector(`.ink-${name}`)!).color
    const font = `12px ${getComputedStyle(this).fontFamily}`
    const axis = { stroke: ink('soft'), font, ticks: { show: false }, border: { show: false } }
    return {
      width: this.clientWidth || 300,
      height: heightPx,
      padding: [12, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { range: (_, least, most) => [least - this.stepSeconds / 2, most + this.stepSeconds / 2] },
        y: { range: (_, __, most) => [0, most > 0 ? most * 1.12 : 1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          space: 70,
          // Ticks stand where bars do.
          splits: (plot) => this.#ticks(plot),
          values: (_, splits) => splits.map((at) => this.moments(new Date(at * 1000))),
        },
        {
          ...axis,
          size: (plot, values) => (values ? widest(plot, values) + 14 : 44),
          space: 38,
          grid: { stroke: ink('line'), width: 1 },
          values: (_, splits) =>
            splits.map((value) => (this.whole && !Number.isInteger(value) ? '' : this.axis(value))),
        },
      ],
      series: [
        {},
        {
          fill: ink(this.tone),
          stroke: ink(this.tone),
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars!({ size: [0.72, 42], radius: 0.18 }),
        },
      ],
      hooks: { setCursor: [(plot) => this.#pointed(plot)] },
    }
  }

  #ticks(plot: uPlot): number[] {
    const moments = [...(plot.data[0] ?? [])]
    const most = Math.max(2, Math.floor(plot.width / 84))
    const every = Math.ceil(moments.length / most)
    return moments.filter((_, at) => (moments.length - 1 - at) % every === 0)
  }

  #pointed(plot: uPlot): void {
    this.dispatchEvent(new CustomEvent('console-bar', { detail: plot.cursor.idx ?? null }))
  }

  #repaint = (): void => void requestAnimationFrame(() => this.#plot?.redraw(false, true))

  #fit(): void {
    const width = this.clientWidth
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: heightPx })
  }
}

function widest(plot: uPlot, values: string[]): number {
  const { ctx } = plot
  ctx.save()
  ctx.font = `${12 * devicePixelRatio}px ${getComputedStyle(plot.root).fontFamily}`
  const width = Math.max(...values.map((value) => ctx.measureText(value).width)) / devicePixelRatio
  ctx.restore()
  return width
}

customElements.define('console-chart', ConsoleChart)
declare global {
  interface HTMLElementTagNameMap {
    'console-chart': ConsoleChart
  }
}
