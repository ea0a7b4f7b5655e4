import type { CustomerView } from '../../../server/contract/resources.ts'
import { cardText, idWhole, whole } from '../parts/bits.ts'
import { ObjectView, type Shown } from '../parts/object-view.ts'

/** Who buys. */
export class ConsoleCustomer extends ObjectView<CustomerView> {
  protected readonly section = 'customers'

  protected read(id: string, signal: AbortSignal): Promise<CustomerView> {
    return this.app.api.get<CustomerView>(`/v1/customers/${encodeURIComponent(id)}`, {}, signal)
  }

  protected show(customer: CustomerView): Shown {
    const { app } = this
    const { text } = app
    return {
      heading: customer.name ?? customer.email,
      facts: [
        [text.plain.id, idWhole(app, customer.id)],
        [text.customers.email, customer.email],
        [text.customers.phone, customer.phone],
        [text.plain.description, customer.description],
        [text.plain.card, customer.card && cardText(customer.card)],
        [text.plain.createdAt, whole(app, customer.created_at)],
      ],
    }
  }
}

customElements.define('console-customer', ConsoleCustomer)
declare global {
  interface HTMLElementTagNameMap {
    'console-customer': ConsoleCustomer
  }
}
