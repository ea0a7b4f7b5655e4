import 'fourgeeks-checkout/react'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { openSession, payments, type Session } from '../shared/shop.ts'

function Checkout() {
  const [session, setSession] = useState<Session>()
  const [paid, setPaid] = useState<string | null>()

  useEffect(() => {
    let gone = false
    void openSession().then((opened) => {
      if (!gone) setSession(opened)
    })
    return () => {
      gone = true
    }
  }, [])

  return (
    <>
      <h1>React</h1>
      <p className="note">Con StrictMode, que monta todo dos veces.</p>
      {session && (
        <fourgeeks-checkout
          api={payments}
          session-id={session.session_id}
          locale="es-CR"
          oncheckout-paid={(event) => {
            event.preventDefault()
            setPaid(event.payment)
          }}
        >
          <a href={session.checkout_url}>Pagar en la página segura</a>
        </fourgeeks-checkout>
      )}
      {paid && (
        <p className="paid" role="status">
          Pagado: {paid}
        </p>
      )}
    </>
  )
}

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <Checkout />
  </StrictMode>,
)
