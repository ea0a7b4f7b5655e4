import { assert } from 'chai'
import { cardOf } from '../../widget/frame/brands.ts'
import {
  checkCode,
  checkExpiry,
  checkNumber,
  digitsOf,
  groupNumber,
  readExpiry,
  tidyExpiry,
  typeCode,
  typeExpiry,
  typeNumber,
  type Edit,
} from '../../widget/frame/typing.ts'

/** A text with `|` for the caret. */
const split = (marked: string) => ({ text: marked.replace('|', ''), caret: marked.indexOf('|') })
const join = ({ text, caret }: { text: string; caret: number }) => `${text.slice(0, caret)}|${text.slice(caret)}`

type Case = [before: string, raw: string, edit: Edit, after: string]

describe('typeNumber()', () => {
  const cases: Case[] = [
    ['', '4|', 'insert', '4|'],
    ['4242', '42424|', 'insert', '4242 4|'],
    ['4242 4242 4242 424', '4242 4242 4242 4242|', 'insert', '4242 4242 4242 4242|'],
    ['', '4242-4242 4242 4242|', 'insert', '4242 4242 4242 4242|'],
    ['', ' 4242424242424242 |', 'insert', '4242 4242 4242 4242|'],
    ['', '4242４２４２|', 'insert', '4242 4242|'],
    ['', '378282246310005|', 'insert', '3782 822463 10005|'],
    ['4299 4242', '42| 4242', 'back', '42|42 42'],
    ['4242 4242', '42429| 4242', 'insert', '4242 9|424 2'],
    ['4242 4242', '4|42 4242', 'back', '4|424 242'],
    ['4242 4242', '4242|4242', 'back', '424|4 242'],
    ['4242 4242', '4242|4242', 'forward', '4242| 242'],
    ['4242 4242', '4242 424|', 'back', '4242 424|'],
    ['4242 4', '4242 |', 'back', '4242|'],
    ['4242 4242', '|', 'back', '|'],
    ['4242 4242 4242', '4242 5555| 4242 4242', 'insert', '4242 5555 |4242 4242'],
    ['5555 5555 5555 4444', '5555 95|555 5555 4444', 'insert', '5555 5|555 5555 4444'],
    ['5555 5555 5555 4444', '5555 5555 5555 44449|', 'insert', '5555 5555 5555 4444|'],
    ['4242', '42a|42', 'insert', '42|42'],
  ]
  for (const [before, raw, edit, after] of cases) {
    it(`makes “${after}” of “${raw}” (${edit}) after “${before}”`, () => {
      const { text, caret } = split(raw)
      assert.equal(join(typeNumber(before, text, caret, edit)), after)
    })
  }
})

describe('typeExpiry()', () => {
  const cases: Case[] = [
    ['', '1|', 'insert', '1|'],
    ['', '3|', 'insert', '03 / |'],
    ['1', '12|', 'insert', '12 / |'],
    ['1', '13|', 'insert', '01 / 3|'],
    ['12 / ', '12 / 3|', 'insert', '12 / 3|'],
    ['', '1234|', 'insert', '12 / 34|'],
    ['', '12/34|', 'insert', '12 / 34|'],
    ['', '1/34|', 'insert', '01 / 34|'],
    ['', '1/|', 'insert', '01 / |'],
    ['', '12/2034|', 'insert', '12 / 34|'],
    ['', '122034|', 'insert', '12 / 34|'],
    ['', '2034-12|', 'insert', '12 / 34|'],
    ['', '１２/３４|', 'insert', '12 / 34|'],
    ['12 / 20', '12 / 203|', 'insert', '12 / 203|'],
    ['12 / 203', '12 / 2034|', 'insert', '12 / 34|'],
    ['12 / 34', '12 / 345|', 'insert', '12 / 34|'],
    ['12 / 34', '12 / 3|', 'back', '12 / 3|'],
    ['12 / 3', '12 / |', 'back', '12|'],
    ['12 / ', '12 /|', 'back', '1|'],
    ['12 / 34', '|2 / 34', 'back', '|2 / 34'],
    ['2 / 34', '1|2 / 34', 'insert', '1|2 / 34'],
    ['12 / 34', '| / 34', 'back', '| / 34'],
    [' / 34', '1| / 34', 'insert', '1| / 34'],
    ['12 / 34', '123| / 34', 'insert', '12| / 34'],
    ['12 / 34', '|', 'back', '|'],
  ]
  for (const [before, raw, edit, after] of cases) {
    it(`makes “${after}” of “${raw}” (${edit}) after “${before}”`, () => {
      const { text, caret } = split(raw)
      assert.equal(join(typeExpiry(before, text, caret, edit)), after)
    })
  }
  it('is tidied when the field is left', () => {
    assert.equal(tidyExpiry('1 / 34'), '01 / 34')
    assert.equal(tidyExpiry('12 / '), '12')
    assert.equal(tidyExpiry('12 / 34'), '12 / 34')
    assert.equal(tidyExpiry(''), '')
  })
})

describe('typeCode()', () => {
  it('takes three digits, or four where the brand has four', () => {
    assert.equal(typeCode('', '1234', 4, 'insert', 3).text, '123')
    assert.equal(typeCode('', '1234', 4, 'insert', 4).text, '1234')
    assert.equal(typeCode('', '12345', 5, 'insert', null).text, '1234')
  })
})

describe('the checks', () => {
  const now = new Date(2026, 10, 20)
  const brands: [string, string, string][] = [
    ['4242424242424242', 'visa', '4242 4242 4242 4242'],
    ['5555555555554444', 'mastercard', '5555 5555 5555 4444'],
    ['2223003122003222', 'mastercard', '2223 0031 2200 3222'],
    ['378282246310005', 'american-express', '3782 822463 10005'],
    ['6011111111111117', 'discover', '6011 1111 1111 1117'],
    ['3056930009020004', 'diners-club', '3056 930009 020004'],
    ['36227206271667', 'diners-club', '3622 720627 1667'],
    ['6555900000604105', 'discover', '6555 9000 0060 4105'],
    ['3566002020360505', 'jcb', '3566 0020 2036 0505'],
    ['6200000000000005', 'unionpay', '6200 0000 0000 0005'],
    ['6205500000000000004', 'unionpay', '6205 500000 0000 0000 4'],
  ]
  for (const [number, brand, grouped] of brands) {
    it(`know ${number} as ${brand} and accept it`, () => {
      assert.equal(cardOf(number).brand, brand)
      assert.isNull(checkNumber(number))
      assert.equal(digitsOf(groupNumber(number)), number)
      if (brand !== 'unionpay') assert.equal(groupNumber(number), grouped)
    })
  }
  it('tell a number that is missing, short or wrong', () => {
    assert.equal(checkNumber(''), 'number_missing')
    assert.equal(checkNumber('4242 4242'), 'number_short')
    assert.equal(checkNumber('4242 4242 4242 4241'), 'incorrect_number')
    assert.equal(checkNumber('0000 0000 0000 0000'), 'incorrect_number')
  })
  it('take a card to the last day of its month', () => {
    assert.isNull(checkExpiry('11 / 26', now))
    assert.equal(checkExpiry('10 / 26', now), 'expired_card')
    assert.isNull(checkExpiry('12 / 34', now))
    assert.equal(checkExpiry('13 / 34', now), 'expiry_wrong')
    assert.equal(checkExpiry('12', now), 'expiry_wrong')
    assert.equal(checkExpiry('12 / 90', now), 'expiry_wrong')
    assert.equal(checkExpiry('', now), 'expiry_missing')
  })
  it('want as many digits in the code as the brand has', () => {
    assert.isNull(checkCode('123', 3))
    assert.equal(checkCode('123', 4), 'cvc_short')
    assert.isNull(checkCode('1234', null))
    assert.equal(checkCode('12', null), 'cvc_short')
    assert.equal(checkCode('', 3), 'cvc_missing')
  })
  it('read month and year as they are sent', () => {
    assert.deepEqual(readExpiry('01 / 34'), { month: '01', year: '2034' })
    assert.isNull(readExpiry('1 / 34'))
  })
})
