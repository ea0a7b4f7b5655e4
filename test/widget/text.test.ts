import { assert } from 'chai'
import { cardErrorCodes, declineCodes } from '../../server/contract/errors.ts'
import {
  chooseLocale,
  fill,
  languageOf,
  languages,
  ownWords,
  pageLanguage,
  refusal,
  reworded,
} from '../../widget/text/index.ts'
import { texts } from './support.ts'

describe('chooseLocale()', () => {
  const cases: [(string | null | undefined)[], string][] = [
    [['es-CR'], 'es-CR'],
    [['es-XX'], 'es-XX'],
    [['es_419'], 'es-419'],
    [['pt-BR', 'en'], 'pt-BR'],
    [[undefined, '', null, 'pt'], 'pt'],
    [['fr', 'es'], 'es'],
    [['fr'], 'en'],
    [['est'], 'en'],
    [[], 'en'],
    [['ES-cr'], 'ES-cr'],
    [['es-"><b>', 'pt'], 'pt'],
  ]
  for (const [wanted, chosen] of cases) {
    it(`answers ${chosen} for ${JSON.stringify(wanted)}`, () => assert.equal(chooseLocale(wanted), chosen))
  }
})

describe('languageOf()', () => {
  for (const [tag, language] of [
    ['es-XX', 'es'],
    ['es-419', 'es'],
    ['pt-BR', 'pt'],
    ['pt-AO', 'pt'],
    ['EN-gb', 'en'],
    ['de-CR', 'en'],
  ] as const) {
    it(`answers ${language} for ${tag}: a region that nobody knows changes no language`, () =>
      assert.equal(languageOf(tag), language))
  }
})

describe('pageLanguage()', () => {
  it('is that of the closest element around, out of every shadow root', () => {
    const outer = document.createElement('div')
    const host = document.createElement('div')
    const inner = document.createElement('p')
    outer.lang = 'pt-BR'
    outer.append(host)
    host.attachShadow({ mode: 'closed' }).append(inner)
    assert.equal(pageLanguage(inner), 'pt-BR')
    host.lang = 'es-CR'
    assert.equal(pageLanguage(inner), 'es-CR')
    inner.lang = ''
    assert.equal(pageLanguage(inner), '')
    assert.isNull(pageLanguage(document.createElement('p')))
  })
})

const names = (text: string | string[]) =>
  String(
    String(text)
      .match(/\{\w+\}/g)
      ?.sort(),
  )

describe('the texts', () => {
  for (const language of languages) {
    const { card, screens } = texts[language]
    it(`have the same keys in ${language} as in English, none empty`, () => {
      assert.sameMembers(Object.keys(card), Object.keys(texts.en.card))
      assert.sameMembers(Object.keys(screens), Object.keys(texts.en.screens))
      for (const text of [...Object.values(card), ...Object.values(screens).flat()]) assert.isNotEmpty(text)
    })
    it(`have a sentence for every refusal in ${language}, and none shows a code`, () => {
      const refusals = [
        ...cardErrorCodes.map((code) => [code, null] as const),
        ...declineCodes.map((reason) => ['card_declined', reason] as const),
      ]
      for (const [code, reason] of refusals) {
        assert.match(refusal(card, code, reason), /^[A-ZÁÉÍÓÚ¡¿][^_{}]{20,}\.$/, reason ?? code)
      }
    })
    it(`tell no more of a stolen card than of any other in ${language}`, () => {
      for (const reason of ['lost_card', 'stolen_card', 'pickup_card', 'fraudulent'] as const) {
        assert.equal(refusal(card, 'card_declined', reason), card.card_declined)
      }
      assert.notEqual(refusal(card, 'card_declined', 'insufficient_funds'), card.card_declined)
    })
    it(`name the same values in ${language} as in English`, () => {
      for (const [key, text] of Object.entries(texts.en.card)) assert.equal(names(card[key as 'pay']), names(text), key)
      for (const [key, text] of Object.entries(texts.en.screens)) {
        assert.equal(names(screens[key as 'paid']), names(text), key)
      }
    })
    it(`speak of no payment in ${language} to whoever only gives a card`, () => {
      const { saving, checkingCard, expiredCard, settledCard } = screens
      for (const sentence of [saving, checkingCard, settledCard, expiredCard, card.checkingCard].flat()) {
        assert.notMatch(sentence, /pay|paid|pago|pagu|pagad|pagam|pagar/i)
      }
    })
  }
  it('name the fields exactly as the stories look for them', () => {
    const labels = (of: { number: string; expiry: string; cvc: string }) => [of.number, of.expiry, of.cvc]
    assert.deepEqual(labels(texts.en.card), ['Card number', 'Expiry date', 'Security code'])
    assert.deepEqual(labels(texts.es.card), ['Número de tarjeta', 'Fecha de vencimiento', 'Código de seguridad'])
    assert.deepEqual(labels(texts.pt.card), ['Número do cartão', 'Data de validade', 'Código de segurança'])
    assert.equal(fill(texts.es.card.pay, { amount: '₡12 500' }), 'Pagar ₡12 500')
  })
})

describe('reworded()', () => {
  const ours = texts.es.card
  it('takes the shop’s words for what we say', () => {
    const said = reworded(ours, { pay: 'Donar {amount}', number: '<b>Tarjeta</b>' })
    assert.deepEqual(said, { ...ours, pay: 'Donar {amount}', number: '<b>Tarjeta</b>' })
  })
  it('hides no amount and names nothing that is not there', () => {
    assert.deepEqual(reworded(ours, { pay: 'Gratis', subscribe: 'Sí', number: 'Tarjeta de {amount}' }), ours)
  })
  it('takes no words for what the frame says of the merchant, of consent and of a charge that may exist', () => {
    const others = Object.fromEntries(ownWords.map((name) => [name, ours[name].replace('.', '!')]))
    assert.deepEqual(reworded(ours, others), ours)
  })
  it('takes no names but ours', () => {
    assert.deepEqual(reworded(ours, JSON.parse('{"__proto__": "x", "constructor": "x", "iban": "x"}')), ours)
  })
})
