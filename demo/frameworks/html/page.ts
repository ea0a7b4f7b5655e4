import type { CheckoutEvents } from 'fourgeeks-checkout/element'
import { openSession } from '../shared/shop.ts'

const { session_id, checkout_url } = await openSession()

// The link is what remains where the payment script does not run.
const link = document.createElement('a')
link.href = checkout_url
link.textContent = 'Pagar en la página segura'

const checkout = document.createElement('fourgeeks-checkout')
checkout.setAttribute('session-id', session_id)
checkout.append(link)
checkout.addEventListener('checkout-paid', (event: CheckoutEvents['checkout-paid']) => {
  event.preventDefault()
  const paid = document.querySelector<HTMLElement>('.paid')!
  paid.textContent = `Pagado: ${event.payment}`
  paid.hidden = false
})
document.getElementById('checkout')!.append(checkout)
