import { assert } from 'chai'
import { cardErrorCodes, declineCodes } from '../../server/contract/errors.ts'
import { cardText, chooseLocale, fill, languages, refusal, screenText } from '../../widget/text/index.ts'

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
  it('speaks Spanish for a region that nobody knows', () => assert.equal(cardText('es-XX').number, 'Número de tarjeta'))
})

describe('the texts', () => {
  for (const language of languages) {
    it(`have the same keys in ${language} as in English, none empty`, () => {
      assert.sameMembers(Object.keys(cardText(language)), Object.keys(cardText('en')))
      assert.sameMembers(Object.keys(screenText(language)), Object.keys(screenText('en')))
      for (const text of [...Object.values(cardText(language)), ...Object.values(screenText(language)).flat()]) {
        assert.isNotEmpty(text)
      }
    })
    it(`have a sentence for every refusal in ${language}, and none shows a code`, () => {
      const refusals = [
        ...cardErrorCodes.map((code) => [code, null] as const),
        ...declineCodes.map((reason) => ['card_declined', reason] as const),
      ]
      for (const [code, reason] of refusals) {
        assert.match(refusal(cardText(language), code, reason), /^[A-ZÁÉÍÓÚ¡¿][^_{}]{20,}\.$/, reason ?? code)
      }
    })
    it(`tell no more of a stolen card than of any other in ${language}`, () => {
      const text = cardText(language)
      for (const reason of ['lost_card', 'stolen_card', 'pickup_card', 'fraudulent'] as const) {
        assert.equal(refusal(text, 'card_declined', reason), text.card_declined)
      }
      assert.notEqual(refusal(text, 'card_declined', 'insufficient_funds'), text.card_declined)
    })
    it(`name the same values in ${language} as in English`, () => {
      const names = (text: string | string[]) =>
        [text]
          .flat()
          .join()
          .match(/\{\w+\}/g)
          ?.sort()
          .join() ?? ''
      for (const [key, text] of Object.entries(cardText('en'))) {
        assert.equal(names(cardText(language)[key as 'pay']), names(text), key)
      }
    })
  }
  it('name the fields exactly as the stories look for them', () => {
    const names = (locale: string) => [cardText(locale).number, cardText(locale).expiry, cardText(locale).cvc]
    assert.deepEqual(names('en'), ['Card number', 'Expiry date', 'Security code'])
    assert.deepEqual(names('es'), ['Número de tarjeta', 'Fecha de vencimiento', 'Código de seguridad'])
    assert.deepEqual(names('pt'), ['Número do cartão', 'Data de validade', 'Código de segurança'])
    assert.equal(fill(cardText('es').pay, { amount: '₡12 500' }), 'Pagar ₡12 500')
  })
})
