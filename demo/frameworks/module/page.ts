import type { CheckoutEvents } from 'fourgeeks-checkout/element'
import { openSession } from '../shared/shop.ts'

const { session_id, checkout_url } = await openSession()

const link = document.createElement('a')
link.href = checkout_url
link.textContent = 'Pagar en la página segura'

const checkout = document.createElement('fourgeeks-checkout')
checkout.setAttribute('session-id', session_id)
checkout.append(link)

// A component of the shop's own, two closed shadow roots deep: events come through them.
const outer = document.createElement('div')
const inner = document.createElement('div')
inner.attachShadow({ mode: 'closed' }).append(checkout)
outer.attachShadow({ mode: 'closed' }).append(inner)
document.getElementById('checkout')!.append(outer)

document.addEventListener('checkout-paid', (event) => {
  event.preventDefault()
  const paid = document.querySelector<HTMLElement>('.paid')!
  paid.textContent = `Pagado: ${(event as CheckoutEvents['checkout-paid']).payment}`
  paid.hidden = false
})
