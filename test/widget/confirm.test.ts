import { assert } from 'chai'
import { cardErrorCodes } from '../../server/contract/errors.ts'
import { confirm, type Outcome } from '../../widget/frame/confirm.ts'
import { anError, json } from './support.ts'

const intent = { id: 'pi_1', clientSecret: 'pi_1_secret_x' }
const card = { number: '4242424242424242', exp_month: '12', exp_year: '2034', cvc: '123' }
const anIntent = (status: string, more: object = {}) => ({
  ...intent,
  status,
  payment_id: null,
  last_payment_error: null,
  ...more,
})
const lost = () => {
  throw new TypeError('Failed to fetch')
}

type Answer = () => Response
/** Plays answers to confirm and to the question what became of the intent, each list's last one for ever. */
async function play(confirms: Answer[], looks: Answer[] = [() => json(200, anIntent('processing'))]) {
  const sent: { key: string; body: string }[] = []
  const pauses: number[] = []
  let looked = 0
  let checking = 0
  let minted = 0
  const means = {
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const headers = new Headers(init?.headers)
      if (!(input as string).endsWith('/confirm')) {
        assert.equal(headers.get('x-client-secret'), intent.clientSecret)
        return looks[Math.min(looked++, looks.length - 1)]!()
      }
      assert.equal(headers.get('content-type'), 'application/json')
      sent.push({ key: headers.get('idempotency-key')!, body: init?.body as string })
      return confirms[Math.min(sent.length, confirms.length) - 1]!()
    },
    sleep: async (delayMs: number) => pauses.push(delayMs),
    newKey: () => `minted_${++minted}`,
    onChecking: () => checking++,
  }
  const { outcome, openKey } = await confirm(intent, card, 'key_1', means)
  return { outcome, openKey, keys: sent.map(({ key }) => key), sent, looked, checking, pauses }
}

const paid = () => json(200, anIntent('succeeded', { payment_id: 'pay_1' }))
const isPaid: Outcome = { is: 'paid', paymentId: 'pay_1' }

describe('confirm()', () => {
  it('sends card and client secret once, under the key of the click', async () => {
    const { outcome, sent, openKey } = await play([paid])
    assert.deepEqual(outcome, isPaid)
    assert.deepEqual(sent, [{ key: 'key_1', body: JSON.stringify({ client_secret: intent.clientSecret, card }) }])
    assert.isNull(openKey)
  })

  for (const code of cardErrorCodes) {
    it(`takes 402 ${code} for an answer, and asks nothing more`, async () => {
      const { outcome, keys, looked } = await play([() => json(402, anError(code))])
      assert.deepEqual(outcome, { is: 'declined', code, declineCode: null })
      assert.deepEqual([keys.length, looked], [1, 0])
    })
  }

  it('passes on why a bank said no, and drops reasons it does not know', async () => {
    const known = await play([() => json(402, anError('card_declined', { decline_code: 'lost_card' }))])
    assert.deepEqual(known.outcome, { is: 'declined', code: 'card_declined', declineCode: 'lost_card' })
    const other = await play([() => json(402, anError('moon', { decline_code: 'tide' }))])
    assert.deepEqual(other.outcome, { is: 'declined', code: 'card_declined', declineCode: null })
  })

  it('sends a lost request again under the same key, and takes its replayed answer', async () => {
    const { outcome, keys, looked } = await play([lost, lost, paid])
    assert.deepEqual(outcome, isPaid)
    assert.deepEqual(keys, ['key_1', 'key_1', 'key_1'])
    assert.equal(looked, 0)
  })

  it('asks the intent after three lost requests, before it says anything', async () => {
    const { outcome, keys, looked, checking } = await play([lost], [paid])
    assert.deepEqual(outcome, isPaid)
    assert.deepEqual([keys.length, looked, checking], [3, 1, 0])
  })

  it('says that it is checking, and goes on asking, while nobody answers', async () => {
    const { outcome, checking, looked } = await play([lost], [lost, lost, lost, paid])
    assert.deepEqual(outcome, isPaid)
    assert.deepEqual([checking, looked], [1, 4])
  })

  it('never reports a failure while the intent is processing', async () => {
    const processing = () => json(200, anIntent('processing'))
    const { outcome, checking } = await play([() => json(500, {})], [processing, processing, processing, paid])
    assert.deepEqual(outcome, isPaid)
    assert.equal(checking, 1)
  })

  it('sends once more under the same key when the intent was never touched', async () => {
    const { outcome, keys } = await play(
      [lost, lost, lost, paid],
      [() => json(200, anIntent('requires_payment_method'))],
    )
    assert.deepEqual(outcome, isPaid)
    assert.deepEqual(keys, ['key_1', 'key_1', 'key_1', 'key_1'])
  })

  it('says that nothing was charged when the intent stays untouched, and keeps the key for the next click', async () => {
    const { outcome, openKey } = await play([lost], [() => json(200, anIntent('requires_payment_method'))])
    assert.deepEqual(outcome, { is: 'failed', reason: 'network' })
    assert.equal(openKey, 'key_1')
  })

  it('mints a new key once when its own was used for something else', async () => {
    const { outcome, keys } = await play([() => json(422, anError('idempotency_key_reused')), paid])
    assert.deepEqual(outcome, isPaid)
    assert.deepEqual(keys, ['key_1', 'minted_1'])
  })

  it('waits as long as a busy answer asks for', async () => {
    const busy = () => json(409, anError('idempotency_key_in_use'), { 'retry-after': '1' })
    const { outcome, keys, pauses } = await play([busy, busy, paid])
    assert.deepEqual(outcome, isPaid)
    assert.deepEqual(keys, ['key_1', 'key_1', 'key_1'])
    assert.deepEqual(pauses, [1000, 1000])
  })

  it('takes an intent that another tab paid for paid', async () => {
    const wrongState = anError('payment_intent_unexpected_state', {
      payment_intent: anIntent('succeeded', { payment_id: 'pay_9' }),
    })
    assert.deepEqual((await play([() => json(400, wrongState)])).outcome, { is: 'paid', paymentId: 'pay_9' })
  })

  it('takes a canceled intent for an expired session', async () => {
    const wrongState = anError('payment_intent_unexpected_state', { payment_intent: anIntent('canceled') })
    assert.deepEqual((await play([() => json(400, wrongState)])).outcome, { is: 'expired' })
    assert.deepEqual((await play([() => json(400, anError('session_expired'))])).outcome, { is: 'expired' })
  })

  it('asks who paid when the session is complete', async () => {
    assert.deepEqual((await play([() => json(400, anError('session_complete'))], [paid])).outcome, isPaid)
  })

  it('reports too many tries only when none of them could have charged', async () => {
    const limited = () => json(429, anError('too_many_requests'), { 'retry-after': '1' })
    assert.deepEqual((await play([limited])).outcome, { is: 'failed', reason: 'limited' })
    assert.deepEqual((await play([lost, limited], [paid])).outcome, isPaid)
  })

  it('does not believe a refusal that follows a lost request', async () => {
    assert.deepEqual((await play([lost, () => json(403, anError('unauthorized'))], [paid])).outcome, isPaid)
  })

  it('names the field that a validation refused', async () => {
    const { outcome } = await play([() => json(422, anError('parameter_invalid', { param: 'card.exp_year' }))])
    assert.deepEqual(outcome, { is: 'declined', code: 'invalid_expiry_year', declineCode: null })
  })

  it('tells a challenge from a payment', async () => {
    const asked = anIntent('requires_action', {
      next_action: { type: 'redirect_to_url', url: 'https://pay.example/3ds/3ds_1' },
    })
    const challenge: Outcome = { is: 'challenge', path: '/3ds/3ds_1' }
    assert.deepEqual((await play([() => json(200, asked)])).outcome, challenge)
    assert.deepEqual((await play([lost], [() => json(200, asked)])).outcome, challenge)
  })

  it('lets no payment id through that is not one', async () => {
    const odd = () => json(200, anIntent('succeeded', { payment_id: '4242424242424242' }))
    assert.deepEqual((await play([odd])).outcome, { is: 'paid', paymentId: null })
  })
})
