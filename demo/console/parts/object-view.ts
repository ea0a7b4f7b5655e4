/** One object of the public API: what it is, what can be done with it, and what happened to it. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { pathOf, type Section } from '../router.ts'
import { facts, title } from './bits.ts'
import { icon } from './icons.ts'
import { Every, Loading } from './loading.ts'
import { bones, problem } from './notes.ts'
import { View } from './view.ts'
import './history.ts'

const everyMs = 2000

export type Shown = {
  heading: unknown
  badge?: TemplateResult
  facts: readonly (readonly [string, unknown])[]
  actions?: unknown
  /** What stands between its facts and its history. */
  more?: unknown
}

export abstract class ObjectView<T> extends View {
  protected abstract readonly section: Section
  readonly thing = new Loading<T>(this, (signal) => this.read(this.place.id!, signal))
  readonly polling = new Every(this, everyMs, () => this.thing.again())

  protected abstract read(id: string, signal: AbortSignal): Promise<T>
  protected abstract show(thing: T): Shown

  /** The question that is open. */
  protected question(_thing: T): TemplateResult | typeof nothing {
    return nothing
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('app') || changed.has('place')) void this.thing.run({ afresh: changed.has('place') })
  }

  protected override render(): TemplateResult {
    const { app, thing, section } = this
    const { text } = app
    const { value, problem: trouble } = thing
    const shown = value && this.show(value)
    return html`<section class="view">
      <a class="back" href=${pathOf(section)}>${icon('back')} ${text.sections[section]}</a>
      <header class="view-top of-one">
        <div>${title(shown?.heading ?? text.sections[section])} ${shown?.badge ?? nothing}</div>
        <div class="tools">${shown?.actions ?? nothing}</div>
      </header>
      ${problem(text, trouble, text.problem.read, () => void thing.run())}
      ${this.asking === null ? problem(text, this.failure, text.problem.title) : nothing}
      ${
        shown
          ? html`<div class="card">${facts(shown.facts)}</div>
              ${shown.more ?? nothing}
              <console-history .app=${app} .object=${this.place.id!}></console-history>`
          : trouble
            ? nothing
            : bones(text, 6)
      }
      ${value && this.asking !== null ? this.question(value) : nothing}
    </section>`
  }
}
