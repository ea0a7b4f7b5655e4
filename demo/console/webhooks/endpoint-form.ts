/** What an endpoint is made of, and its secret, which is shown once. */
import { html, type TemplateResult } from 'lit'
import { eventTypes } from '../../../server/contract/events.ts'
import { type SignatureForm, signatureForms } from '../../../server/contract/resources.ts'
import type { App } from '../app.ts'
import { copyButton } from '../parts/bits.ts'
import { dialog } from '../parts/dialog.ts'
import { labelled } from '../parts/fields.ts'

const families = [...new Set(eventTypes.map((type) => `${type.split('.')[0]}.*`))]

export type NewEndpoint = { url: string; events: string[]; description: string | null; signature: SignatureForm }

type Asked = { app: App; acting: boolean; failure: unknown; closed: () => void; make: (wanted: NewEndpoint) => void }

export function endpointForm({ app, acting, failure, closed, make }: Asked): TemplateResult {
  const { text } = app
  const words = text.webhooks
  return dialog({
    app,
    heading: words.addTitle,
    failure,
    closed,
    submit: (event) => make(readForm(event.target as HTMLFormElement)),
    body: html`${labelled({
        id: 'endpoint-url',
        label: words.url,
        hint: words.urlHint,
        control: html`<input
          id="endpoint-url"
          name="url"
          class="field"
          type="url"
          inputmode="url"
          autocomplete="off"
          placeholder="https://…"
          aria-describedby="endpoint-url-note"
        />`,
      })}
      <fieldset class="labelled">
        <legend>${words.types} <span class="fine">${words.typesHint}</span></legend>
        <div class="checks">
          ${families.map(
            (family) =>
              html`<label><input type="checkbox" name="events" value=${family} /> <code>${family}</code></label>`,
          )}
        </div>
      </fieldset>
      ${labelled({
        id: 'endpoint-note',
        label: words.note,
        control: html`<input id="endpoint-note" name="description" class="field" maxlength="200" autocomplete="off" />`,
      })}
      ${labelled({
        id: 'endpoint-form',
        label: words.form,
        control: html`<select id="endpoint-form" name="signature" class="field">
          ${signatureForms.map((form) => html`<option value=${form}>${words.forms[form]}</option>`)}
        </select>`,
      })}`,
    actions: html`<button class="button" ?disabled=${acting}>${words.create}</button>`,
  })
}

function readForm(form: HTMLFormElement): NewEndpoint {
  const data = new FormData(form)
  const text = (name: string) => {
    const value = data.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const events = data.getAll('events').filter((one) => typeof one === 'string')
  return {
    url: text('url'),
    events: events.length > 0 ? events : ['*'],
    description: text('description') || null,
    signature: signatureForms.find((form) => form === text('signature')) ?? 'standard',
  }
}

/** The secret, until whoever made it says that it is kept. */
export function secretNote(app: App, secret: string, kept: () => void): TemplateResult {
  const words = app.text.webhooks
  return html`<section class="card secret" aria-label=${words.secret}>
    <h2>${words.secret}</h2>
    <p class="id-whole"><code>${secret}</code> ${copyButton(app, secret)}</p>
    <p class="fine">${words.secretNote}</p>
    <button class="button small quiet" type="button" @click=${kept}>${words.secretGone}</button>
  </section>`
}
