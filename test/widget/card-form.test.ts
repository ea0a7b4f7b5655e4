import { assert } from 'chai'
import type { FromFrame } from '../../widget/channel.ts'
import { cardForm, dress, type CardForm, type FrameSession } from '../../widget/frame/card-form.ts'
import type { Language } from '../../widget/text/index.ts'
import { inkOn } from '../../widget/theme.ts'
import { anError, aSession, aTheme, audit, json, texts, until } from './support.ts'

const colours = { accent: 'color(srgb 0.14 0.34 0.84)', background: 'color(srgb 1 1 1)', surface: 'color(srgb 1 1 1)' }

describe('the card form', () => {
  let main: HTMLElement
  let form: CardForm
  let told: FromFrame[]
  let asked: string[]
  let keys: string[]
  let bodies: string[]
  let answer: () => Response | Promise<Response>

  const input = (words: string) => {
    const label = [...main.querySelectorAll('label')].find((each) => each.textContent === words)
    return label!.control as HTMLInputElement
  }
  const number = () => input('Card number')
  const expiry = () => input('Expiry date')
  const code = () => input('Security code')
  const button = () => main.querySelector('button')!
  const alert = () => main.querySelector('[role=alert]')!
  const type = (into: HTMLInputElement, text: string, inputType = 'insertText') => {
    into.focus()
    into.value = text
    into.setSelectionRange(text.length, text.length)
    into.dispatchEvent(new InputEvent('input', { inputType, bubbles: true }))
  }
  const fillIn = (digits = '4242424242424242') => {
    type(number(), digits)
    type(expiry(), '1234')
    type(code(), digits.startsWith('3') ? '1234' : '123')
  }
  /** What outlives the page: the key of an unanswered click. */
  let kept: string | null
  const open = (language: Language = 'en', session: FrameSession = aSession(), resumes = false, button = true) => {
    form = cardForm(main, {
      resumes,
      kept: { read: () => kept, write: (key) => (kept = key) },
      intent: { id: 'pi_1', clientSecret: 'pi_1_secret_x' },
      text: texts[language].card,
      session,
      button,
      tell: (message) => told.push(message),
      means: {
        fetch: async (address, init) => {
          asked.push(address as string)
          const headers = new Headers(init?.headers)
          keys.push(headers.get('idempotency-key') ?? 'look')
          bodies.push(init?.body as string)
          return await answer()
        },
        // A turn of the page's loop, so that whoever asks again and again lets others be heard.
        sleep: () => new Promise((done) => setTimeout(done)),
        newKey: () => `key_${keys.length}`,
      },
      now: () => new Date(2026, 10, 20),
    })
  }

  const club = { amount: '₡9 900', price: '₡9 900 al mes' }
  const free = { payment_status: 'no_payment_required' } as const
  for (const [session, does, agreed] of [
    [{ mode: 'subscription' }, 'Suscribirse por ₡9 900 al mes', /^Usted autoriza a Café Volcán a cobrar ₡9 900 al mes/],
    [{ mode: 'subscription', ...free }, 'Empezar la prueba gratis', /^Hoy no se cobra nada\. .* ₡9 900 al mes/],
    [{ mode: 'setup', ...free }, 'Guardar la tarjeta', /^Usted autoriza/],
    [{ mode: 'setup' }, 'Pagar ₡9 900', /^Usted autoriza/],
  ] as const) {
    it(`says what its button does: ${does}`, async () => {
      open('es', aSession({ ...session, display: club }))
      assert.equal(button().textContent, does)
      const sentence = main.querySelector('.agreed')!
      assert.match(sentence.textContent!, agreed)
      assert.equal(sentence.nextElementSibling, button())
      await audit(main)
    })
  }

  beforeEach(() => {
    main = document.createElement('main')
    main.id = 'frame'
    document.body.append(main)
    told = []
    asked = []
    keys = []
    bodies = []
    kept = null
    answer = () => json(200, { status: 'succeeded', payment_id: 'pay_1' })
    dress({ ...aTheme(), ...colours })
    open()
  })
  afterEach(() => {
    form.destroy()
    main.remove()
  })

  it('has a real label, a purpose and a numeric keyboard for each field', () => {
    assert.deepEqual(
      [number(), expiry(), code()].map((each) => [each.autocomplete, each.inputMode]),
      [
        ['cc-number', 'numeric'],
        ['cc-exp', 'numeric'],
        ['cc-csc', 'numeric'],
      ],
    )
  })

  it('has a button that names the amount, and says who is paid', () => {
    assert.equal(button().textContent, 'Pay USD 24.50')
    assert.include(main.textContent, 'Café Volcán')
  })

  describe('whose page has a button of its own', () => {
    beforeEach(() => open('es', aSession(), false, false))

    it('shows none, and says in its place what is paid and to whom', async () => {
      assert.isFalse(button().checkVisibility())
      assert.equal(main.querySelector('.sum')!.textContent, 'Pagar USD 24.50')
      assert.include(main.querySelector('.to')!.textContent, 'Café Volcán')
      await audit(main)
    })

    it('pays when it is asked to, and says so', async () => {
      const label = (name: 'number' | 'expiry' | 'cvc') => input(texts.es.card[name])
      type(label('number'), '4242424242424242')
      type(label('expiry'), '1234')
      type(label('cvc'), '123')
      form.submit()
      assert.equal(main.querySelector('.sum')!.textContent, texts.es.card.busy)
      await until('paid', () => told.at(-1)?.type === 'paid')
    })
  })

  describe('filled in with a card of the sandbox', () => {
    it('asks its own origin for the number, and is complete', async () => {
      answer = () => json(200, { number: '378282246310005' })
      form.fill('amex')
      await until('filled', () => number().value)
      assert.deepEqual(asked, [`${location.pathname}/test-cards/amex`])
      assert.deepEqual([number().value, expiry().value, code().value], ['3782 822463 10005', '12 / 30', '1234'])
      assert.equal(main.querySelector('[data-brand]')!.getAttribute('data-brand'), 'american-express')
      assert.deepEqual(told.at(-1), { type: 'change', complete: true, empty: false })
    })

    it('takes back what it had against the fields', async () => {
      form.submit()
      assert.equal(number().ariaInvalid, 'true')
      answer = () => json(200, { number: '4242424242424242' })
      form.fill('visa')
      await until('filled', () => number().value)
      assert.isNull(number().ariaInvalid)
    })

    it('keeps what was typed and says so when the card is not to be had', async () => {
      fillIn()
      answer = () => json(404, anError('not_found'))
      form.fill('nothing')
      await until('said', () => alert().textContent)
      assert.equal(number().value, '4242 4242 4242 4242')
    })
  })

  for (const [language, pay] of [
    ['es', 'Pagar USD 24.50'],
    ['pt', 'Pagar USD 24.50'],
  ] as const) {
    it(`speaks ${language}`, () => {
      open(language)
      assert.equal(button().textContent, pay)
      assert.ok(input(texts[language].card.number))
    })
  }

  it('groups what is pasted, and keeps the caret where the person left it', () => {
    type(number(), '4242-4242 4242 4242', 'insertFromPaste')
    assert.equal(number().value, '4242 4242 4242 4242')
    number().value = '4242 9 4242 4242 4242'
    number().setSelectionRange(6, 6)
    number().dispatchEvent(new InputEvent('input', { inputType: 'insertText' }))
    assert.equal(number().selectionStart, 6)
  })

  it('shows the brand of the number', () => {
    assert.lengthOf(main.querySelectorAll('[data-brand]'), 3)
    type(number(), '37')
    assert.equal(main.querySelector('[data-brand]')!.getAttribute('data-brand'), 'american-express')
    assert.equal(code().placeholder, '1234')
  })

  it('says nothing while a person types, and what is wrong when they leave the field', () => {
    type(number(), '4242')
    assert.isNull(number().ariaInvalid)
    expiry().focus()
    assert.equal(number().ariaInvalid, 'true')
    const words = document.getElementById(number().getAttribute('aria-describedby')!)!
    assert.equal(words.textContent, texts.en.card.number_short)
    type(number(), '4242424242424242')
    assert.isNull(number().ariaInvalid)
    assert.equal(words.textContent, '')
  })

  it('says nothing of an empty field that is merely passed', () => {
    number().focus()
    expiry().focus()
    assert.isNull(number().ariaInvalid)
  })

  it('sends nothing while a field is wrong, and leads to the first of them', () => {
    type(expiry(), '1234')
    button().click()
    assert.equal(document.activeElement, number())
    assert.equal(code().ariaInvalid, 'true')
    assert.isNull(expiry().ariaInvalid)
    assert.deepEqual(keys, [])
  })

  it('pays with the digits alone', async () => {
    fillIn()
    button().click()
    await until('paid', () => told.find(({ type }) => type === 'paid'))
    assert.deepEqual(JSON.parse(bodies[0]!), {
      client_secret: 'pi_1_secret_x',
      card: { number: '4242424242424242', exp_month: '12', exp_year: '2034', cvc: '123' },
    })
    assert.deepEqual(told.at(-1), { type: 'paid', paymentId: 'pay_1' })
    assert.deepEqual([number().value, expiry().value, code().value], ['', '', ''])
  })

  it('tells outcomes and never a digit of the card', async () => {
    fillIn()
    answer = () => json(402, anError('card_declined', { decline_code: 'lost_card' }))
    button().click()
    await until('declined', () => told.find(({ type }) => type === 'declined'))
    assert.notMatch(JSON.stringify(told), /\d/)
  })

  it('sends one confirm for a double click', async () => {
    fillIn()
    button().click()
    button().click()
    form.submit()
    await until('paid', () => told.find(({ type }) => type === 'paid'))
    assert.lengthOf(keys, 1)
  })

  it('shows that it is at work', async () => {
    let done: (response: Response) => void = () => {}
    answer = () => new Promise((resolve) => (done = resolve))
    fillIn()
    button().click()
    assert.equal(button().ariaDisabled, 'true')
    assert.include(button().textContent, 'Processing…')
    assert.isTrue(number().readOnly)
    done(json(402, anError('card_declined')))
    await until('usable again', () => button().ariaDisabled === null)
    assert.equal(button().textContent, 'Pay USD 24.50')
  })

  it('keeps everything but the security code after a refusal, says it in words, and leads to the code', async () => {
    answer = () => json(402, anError('card_declined', { decline_code: 'insufficient_funds' }))
    fillIn()
    button().click()
    await until('declined', () => told.find(({ type }) => type === 'declined'))
    assert.deepEqual([number().value, expiry().value, code().value], ['4242 4242 4242 4242', '12 / 34', ''])
    assert.equal(alert().textContent, texts.en.card.insufficient_funds)
    assert.equal(document.activeElement, code())
  })

  for (const [refusal, label] of [
    ['incorrect_number', 'Card number'],
    ['expired_card', 'Expiry date'],
    ['invalid_expiry_month', 'Expiry date'],
    ['incorrect_cvc', 'Security code'],
  ] as const) {
    it(`leads to “${label}” after ${refusal}`, async () => {
      answer = () => json(402, anError(refusal))
      fillIn()
      button().click()
      await until('declined', () => told.find(({ type }) => type === 'declined'))
      assert.equal(document.activeElement, input(label))
      assert.equal(input(label).ariaInvalid, 'true')
    })
  }

  it('makes a new key for each click that follows an answer', async () => {
    answer = () => json(402, anError('card_declined'))
    fillIn()
    button().click()
    await until('declined', () => told.find(({ type }) => type === 'declined'))
    type(code(), '123')
    button().click()
    await until('declined again', () => told.filter(({ type }) => type === 'declined').length === 2)
    assert.deepEqual(keys, ['key_0', 'key_1'])
  })

  it('sends a lost request again under its own key, and shows what came of it', async () => {
    let tried = 0
    answer = () => {
      if (++tried < 3) throw new TypeError('Failed to fetch')
      return json(200, { status: 'succeeded', payment_id: 'pay_1' })
    }
    fillIn()
    button().click()
    await until('paid', () => told.find(({ type }) => type === 'paid'))
    assert.deepEqual(keys, ['key_0', 'key_0', 'key_0'])
  })

  it('asks what happened when no answer comes, and shows no error while it does', async () => {
    let tried = 0
    answer = () => {
      if (++tried < 6) throw new TypeError('Failed to fetch')
      return json(200, { status: 'succeeded', payment_id: 'pay_2' })
    }
    fillIn()
    button().click()
    await until('paid', () => told.find(({ type }) => type === 'paid'))
    assert.deepEqual(keys, ['key_0', 'key_0', 'key_0', 'look', 'look', 'look'])
    assert.deepEqual(
      told.map(({ type }) => type).filter((type) => type !== 'change'),
      ['submitted', 'checking', 'paid'],
    )
  })

  describe('asked by the bank', () => {
    const asks = (id = '3ds_1') =>
      json(200, {
        status: 'requires_action',
        next_action: { type: 'redirect_to_url', url: `https://pay.example/empty/${id}` },
      })
    const refused = () =>
      json(200, {
        status: 'requires_payment_method',
        last_payment_error: { code: 'payment_intent_authentication_failure', decline_code: null, message: '' },
      })
    const bank = () => main.querySelector('iframe')
    /** A page that never came to its question is asked for again: once is enough to tell of it. */
    const types = () =>
      told
        .map(({ type }) => type)
        .filter((type) => type !== 'change')
        .filter((type, at, all) => type !== all[at - 1])
    const begin = async () => {
      answer = asks
      fillIn()
      button().click()
      return until('the bank', bank)
    }

    it('shows its page in the form’s place, labelled, with the focus, and is no form meanwhile', async () => {
      const page = await begin()
      assert.equal(new URL(page.src).pathname, '/empty/3ds_1')
      assert.equal(page.title, texts.en.card.bank)
      assert.equal(document.activeElement, page)
      assert.isNull(main.querySelector('form'))
      assert.deepEqual(told.filter(({ type }) => type === 'change').at(-1), {
        type: 'change',
        complete: false,
        empty: false,
      })
      await audit(main)
      answer = () => json(200, { status: 'succeeded', payment_id: 'pay_3' })
      await until('paid', () => told.find(({ type }) => type === 'paid'))
      assert.deepEqual(types(), ['submitted', 'challenge', 'paid'])
    })

    it('brings the form back with the reason when it was not passed, and takes another card', async () => {
      await begin()
      answer = refused
      await until('declined', () => told.find(({ type }) => type === 'declined'))
      assert.equal(alert().textContent, texts.en.card.payment_intent_authentication_failure)
      assert.equal(number().value, '4242 4242 4242 4242')
      assert.equal(code().value, '')
      assert.equal(document.activeElement, code())
      type(code(), '123')
      answer = () => json(200, { status: 'succeeded', payment_id: 'pay_3' })
      button().click()
      await until('paid', () => told.find(({ type }) => type === 'paid'))
      assert.deepEqual(types(), ['submitted', 'challenge', 'declined', 'submitted', 'paid'])
    })

    for (const [how, turnBack] of [
      ['button', () => main.querySelector('button')!.click()],
      ['Escape key', () => bank()!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))],
    ] as const) {
      it(`turns back by the ${how}: the bank is told, and the form waits for what the payment side says`, async () => {
        await begin()
        bodies.length = 0
        turnBack()
        await until('told', () => bodies.find((body) => String(body) === 'answer=canceled'))
        assert.deepEqual(types(), ['submitted', 'challenge'])
        answer = refused
        await until('back', () => main.querySelector('form'))
      })
    }

    it('says that it is checking while nobody answers, and asks again when the bank still waits', async () => {
      const page = await begin()
      answer = () => {
        throw new TypeError('Failed to fetch')
      }
      await until('checking', () => types().at(-1) === 'checking')
      answer = asks
      await until('asked again', () => types().at(-1) === 'challenge')
      assert.equal(bank(), page)
    })

    it('goes over to the question of another tab’s card', async () => {
      const page = await begin()
      answer = () => asks('3ds_2')
      await until('the other', () => page.src.includes('3ds_2'))
      answer = () => json(200, { status: 'canceled' })
      await until('over', () => types().at(-1) === 'expired')
    })

    it('is there again on a page that was loaded anew', async () => {
      answer = asks
      form.destroy()
      open('en', aSession(), true)
      await until('the bank', bank)
      answer = refused
      await until('declined', () => types().at(-1) === 'declined')
    })
  })

  describe('left in the middle of a click', () => {
    const untouched = (error: object | null = null) =>
      json(200, { status: 'requires_payment_method', last_payment_error: error })
    const reload = (looked: () => Response) => {
      kept = 'key_before'
      answer = looked
      form.destroy()
      open()
    }
    const types = () => told.map(({ type }) => type).filter((type) => type !== 'change')

    it('keeps the key of the click before anything is sent, and lets go of it with the answer', async () => {
      let sent: string | null = null
      answer = () => ((sent = kept), json(200, { status: 'succeeded', payment_id: 'pay_1' }))
      fillIn()
      button().click()
      await until('paid', () => types().at(-1) === 'paid')
      assert.equal(sent, 'key_0')
      assert.isNull(kept)
    })

    it('says that it is checking, and finds it paid', async () => {
      reload(() => json(200, { status: 'succeeded', payment_id: 'pay_1' }))
      assert.deepEqual(types(), ['checking'])
      await until('paid', () => types().at(-1) === 'paid')
      assert.isNull(kept)
    })

    it('tells the refusal that nobody heard', async () => {
      reload(() => untouched({ code: 'card_declined', decline_code: 'insufficient_funds', message: '' }))
      await until('told', () => types().at(-1) === 'declined')
      assert.equal(alert().textContent, texts.en.card.insufficient_funds)
      assert.isNull(kept)
    })

    it('waits a moment before it says that nothing was charged, and sends the same card under the same key', async () => {
      reload(() => untouched())
      assert.equal(button().ariaDisabled, 'true')
      await until('told', () => types().at(-1) === 'failed')
      assert.equal(alert().textContent, texts.en.card.network)
      assert.deepEqual(keys, ['look'])
      assert.equal(kept, 'key_before')
      fillIn()
      answer = () => json(200, { status: 'succeeded', payment_id: 'pay_1' })
      button().click()
      await until('paid', () => types().at(-1) === 'paid')
      assert.equal(keys.at(-1), 'key_before')
    })
  })

  it('tells once when everything could be sent', () => {
    fillIn()
    assert.deepEqual(told.at(-1), { type: 'change', complete: true, empty: false })
    assert.lengthOf(
      told.filter((message) => message.type === 'change' && message.complete),
      1,
    )
  })

  it('passes an accessibility audit empty, in error, and refused', async () => {
    await audit(main)
    button().click()
    await audit(main)
    answer = () => json(402, anError('card_declined'))
    fillIn()
    button().click()
    await until('refused', () => alert().textContent)
    await audit(main)
  })
})

describe('inkOn()', () => {
  it('is white on a dark colour and near black on a light one', () => {
    assert.equal(inkOn('color(srgb 0.14 0.34 0.84)'), '#fff')
    assert.equal(inkOn('color(srgb 0.52 0.66 1 / 1)'), '#101318')
  })
})
