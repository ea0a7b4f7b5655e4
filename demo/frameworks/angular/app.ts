import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from '@angular/core'
import 'fourgeeks-checkout'
import type { CheckoutEvents } from 'fourgeeks-checkout'
import { openSession, payments, type Session } from '../shared/shop.ts'

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>Angular</h1>
    <p class="note">Con CUSTOM_ELEMENTS_SCHEMA, y los eventos entre paréntesis.</p>
    @if (session(); as session) {
      <fourgeeks-checkout
        [attr.api]="payments"
        [attr.session-id]="session.session_id"
        locale="es-CR"
        (checkout-paid)="settle($event)"
      >
        <a [href]="session.checkout_url">Pagar en la página segura</a>
      </fourgeeks-checkout>
    }
    @if (paid()) {
      <p class="paid" role="status">Pagado: {{ paid() }}</p>
    }
  `,
})
export class App {
  readonly payments = payments
  readonly session = signal<Session | undefined>(undefined)
  readonly paid = signal<string | null>(null)

  async ngOnInit(): Promise<void> {
    this.session.set(await openSession())
  }

  settle(event: CheckoutEvents['checkout-paid']): void {
    event.preventDefault()
    this.paid.set(event.payment)
  }
}
