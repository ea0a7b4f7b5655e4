/**
 * The card table of the sandbox: every number it knows and what happens to it. Numbers and outcomes are the field's
 * published test cards; the defaults where an outcome depends on a seller's settings are fixed so that tests repeat.
 * A number that is not here is not a test card, and the sandbox refuses it.
 *
 * A row's name, not its number, is what is stored and what goes to the processor.
 */
import type { Brand } from '../contract/card.ts'
import type { CardErrorCode, DeclineCode } from '../contract/errors.ts'

/** What the sandbox's bank does when asked for money. */
export type Behaviour =
  | { does: 'succeeds' }
  | {
      does: 'declines'
      code: CardErrorCode
      declineCode: DeclineCode | null
      only?: 'with_cvc' | 'with_postal_code'
      /** Also when it is to be kept under its owner's eyes: what fails is the question whether 3-D Secure is needed. */
      onSetup?: true
    }
  /** 3-D Secure: the answer is `requires_action`, and what follows a passed challenge stands here. */
  | {
      does: 'challenges'
      afterwards: 'succeeds' | { code: CardErrorCode; declineCode: DeclineCode }
      /** Whether it is charged unasked while its owner is away: set up for it already, or once it was kept under their eyes. */
      offSession?: 'succeeds' | 'succeeds_once_set_up'
      /** What is asked, where it is not whether this is the card's owner: whether there is anybody at all. */
      asks?: 'captcha'
    }

/** How refunds of a card's money go, where it is not at once and for good. */
export type RefundBehaviour = 'pending_then_succeeds' | 'succeeds_then_fails'

/** What the cards of a part of the table are for. */
export type CardGroup = 'brand' | 'declined' | 'risk' | '3ds' | 'dispute' | 'refund' | 'country'

export type TestCard = {
  number: string
  name: string
  group: CardGroup
  brand: Brand
  behaviour: Behaviour
  /** Whether it can be kept for later charges. */
  saves: boolean
  refund: RefundBehaviour | null
}

const succeeds: Behaviour = { does: 'succeeds' }
const challenges = { does: 'challenges', afterwards: 'succeeds' } as const satisfies Behaviour
// A backend that charges by itself has nobody to ask.
const captcha: Behaviour = { ...challenges, offSession: 'succeeds', asks: 'captcha' }
const declines = (declineCode: DeclineCode): Behaviour & { does: 'declines' } => ({
  does: 'declines',
  code: 'card_declined',
  declineCode,
})
const errs = (code: CardErrorCode, only?: 'with_cvc' | 'with_postal_code'): Behaviour => ({
  does: 'declines',
  code,
  declineCode: null,
  ...(only && { only }),
})

type Row = readonly [number: string, name: string, brand: Brand, behaviour: Behaviour, refund?: RefundBehaviour]

const byBrand: readonly Row[] = [
  ['4242424242424242', 'visa', 'visa', succeeds],
  ['4000056655665556', 'visa_debit', 'visa', succeeds],
  ['5555555555554444', 'mastercard', 'mastercard', succeeds],
  ['2223003122003222', 'mastercard_2_series', 'mastercard', succeeds],
  ['5200828282828210', 'mastercard_debit', 'mastercard', succeeds],
  ['5105105105105100', 'mastercard_prepaid', 'mastercard', succeeds],
  ['378282246310005', 'amex', 'american-express', succeeds],
  ['371449635398431', 'amex_second', 'american-express', succeeds],
  ['6011111111111117', 'discover', 'discover', succeeds],
  ['6011000990139424', 'discover_second', 'discover', succeeds],
  ['6011981111111113', 'discover_debit', 'discover', succeeds],
  ['3056930009020004', 'diners', 'diners-club', succeeds],
  ['36227206271667', 'diners_14_digits', 'diners-club', succeeds],
  ['6555900000604105', 'bccard', 'discover', succeeds],
  ['3566002020360505', 'jcb', 'jcb', succeeds],
  ['6200000000000005', 'unionpay', 'unionpay', succeeds],
  ['6200000000000047', 'unionpay_debit', 'unionpay', succeeds],
  ['6205500000000000004', 'unionpay_19_digits', 'unionpay', succeeds],
  ['4000002500001001', 'cartes_bancaires_visa', 'visa', succeeds],
  ['5555552500001001', 'cartes_bancaires_mastercard', 'mastercard', succeeds],
  ['4000050360000001', 'eftpos_visa', 'visa', succeeds],
  ['5555050360000080', 'eftpos_mastercard', 'mastercard', succeeds],
  ['4000051230000072', 'health_visa', 'visa', succeeds],
  ['5200828282828897', 'health_mastercard', 'mastercard', succeeds],
]

const issuerDeclines: readonly Row[] = [
  ['4000000000000002', 'generic_decline', 'visa', declines('generic_decline')],
  ['4000000000009995', 'insufficient_funds', 'visa', declines('insufficient_funds')],
  ['4000000000009987', 'lost_card', 'visa', declines('lost_card')],
  ['4000000000009979', 'stolen_card', 'visa', declines('stolen_card')],
  ['4000000000000069', 'expired_card', 'visa', errs('expired_card')],
  ['4000000000000127', 'incorrect_cvc', 'visa', errs('incorrect_cvc', 'with_cvc')],
  ['4000000000000119', 'processing_error', 'visa', errs('processing_error')],
  ['4000000000006975', 'card_velocity_exceeded', 'visa', declines('card_velocity_exceeded')],
  // Can be saved to a customer; every charge fails.
  ['4000000000000341', 'saves_then_declines', 'visa', declines('generic_decline')],
]

const riskChecks: readonly Row[] = [
  ['4100000000000019', 'risk_always_blocked', 'visa', declines('fraudulent')],
  ['4000000000004954', 'risk_highest', 'visa', declines('fraudulent')],
  ['4000000000009235', 'risk_elevated', 'visa', succeeds],
  ['4000008400000407', 'fraud_dispute_score', 'visa', declines('fraudulent')],
  ['4000008400000159', 'fraud_warning_score', 'visa', declines('fraudulent')],
  ['4000008400001017', 'dynamic_risk', 'visa', declines('fraudulent')],
  ['4001858821843804', 'free_trial_abuse', 'visa', succeeds],
  ['4000008405600003', 'adaptive_challenge', 'visa', challenges],
  ['4000000000000101', 'cvc_check_fails', 'visa', errs('incorrect_cvc', 'with_cvc')],
  ['4000000000000036', 'postal_code_check_fails', 'visa', errs('incorrect_zip', 'with_postal_code')],
  ['4000058400307872', 'cvc_check_fails_elevated', 'visa', errs('incorrect_cvc', 'with_cvc')],
  ['4000058400306072', 'postal_code_check_fails_elevated', 'visa', errs('incorrect_zip', 'with_postal_code')],
  ['4000000000000028', 'address_check_fails', 'visa', succeeds],
  ['4000000000000010', 'address_checks_fail', 'visa', errs('incorrect_zip', 'with_postal_code')],
  ['4000000000000044', 'address_checks_unavailable', 'visa', succeeds],
  ['4000000000001208', 'captcha', 'visa', captcha],
  ['4000000000003725', 'captcha_second', 'visa', captcha],
]

const threeDSecure: readonly Row[] = [
  ['4000002500003155', '3ds_unless_set_up', 'visa', { ...challenges, offSession: 'succeeds_once_set_up' }],
  ['4000002760003184', '3ds_always', 'visa', challenges],
  ['4000003800000446', '3ds_already_set_up', 'visa', { ...challenges, offSession: 'succeeds' }],
  [
    '4000008260003178',
    '3ds_then_insufficient_funds',
    'visa',
    { does: 'challenges', afterwards: { code: 'card_declined', declineCode: 'insufficient_funds' } },
  ],
  ['4000000000003220', '3ds_required', 'visa', challenges],
  ['4000008400000027', '3ds_required_us', 'visa', challenges],
  [
    '4000008400001629',
    '3ds_then_declined',
    'visa',
    { does: 'challenges', afterwards: { code: 'card_declined', declineCode: 'generic_decline' } },
  ],
  ['4000008400001280', '3ds_lookup_fails', 'visa', { ...declines('processing_error'), onSetup: true }],
  ['4000000000003055', '3ds_supported', 'visa', succeeds],
  ['4000000000003097', '3ds_supported_with_errors', 'visa', succeeds],
  ['4000000032200000', '3ds_frictionless', 'visa', succeeds],
  ['4000582600000094', '3ds_out_of_band', 'visa', challenges],
  ['4000582600000045', '3ds_one_time_passcode', 'visa', challenges],
  ['4000582600000102', '3ds_single_select', 'visa', challenges],
  ['4000582600000110', '3ds_multi_select', 'visa', challenges],
]

/** The charge succeeds; what happens afterwards belongs to disputes. */
const disputes: readonly Row[] = [
  ['4000000000000259', 'dispute_fraudulent', 'visa', succeeds],
  ['4000000000002685', 'dispute_not_received', 'visa', succeeds],
  ['4000000000001976', 'dispute_inquiry', 'visa', succeeds],
  ['4000000000005423', 'early_fraud_warning', 'visa', succeeds],
  ['4000000404000079', 'disputes_several', 'visa', succeeds],
  ['4000000404000038', 'dispute_compelling_evidence', 'visa', succeeds],
  ['4000008400000779', 'dispute_compliance_visa', 'visa', succeeds],
  ['5105008400000002', 'dispute_compliance_mastercard', 'mastercard', succeeds],
  ['4000000001000043', 'dispute_smart', 'visa', succeeds],
]

/** The charge succeeds; its refund, or when its money is available, differs. */
const refundsAndBalance: readonly Row[] = [
  ['4000000000007726', 'refund_pending', 'visa', succeeds, 'pending_then_succeeds'],
  ['4000000000005126', 'refund_fails', 'visa', succeeds, 'succeeds_then_fails'],
  ['4000000000000077', 'available_at_once_us', 'visa', succeeds],
  ['4000003720000278', 'available_at_once', 'visa', succeeds],
]

/** Issued in that country; all succeed. */
const byCountry: readonly (readonly [number: string, country: string, brand: Brand])[] = [
  ['4000000320000021', 'ar', 'visa'],
  ['4000000760000002', 'br', 'visa'],
  ['4000001240000000', 'ca', 'visa'],
  ['4000001520000001', 'cl', 'visa'],
  ['4000001700000003', 'co', 'visa'],
  ['4000001880000005', 'cr', 'visa'],
  ['4000002180000000', 'ec', 'visa'],
  ['4000004840008001', 'mx', 'visa'],
  ['5062210000000009', 'mx_carnet', 'unknown'],
  ['4000005910000000', 'pa', 'visa'],
  ['4000006000000066', 'py', 'visa'],
  ['4000006040000068', 'pe', 'visa'],
  ['4000008580000003', 'uy', 'visa'],
  ['4000007840000001', 'ae', 'visa'],
  ['5200007840000022', 'ae_mastercard', 'mastercard'],
  ['4000000400000008', 'at', 'visa'],
  ['4000000560000004', 'be', 'visa'],
  ['4000001000000000', 'bg', 'visa'],
  ['4000001120000005', 'by', 'visa'],
  ['4000001910000009', 'hr', 'visa'],
  ['4000001960000008', 'cy', 'visa'],
  ['4000002030000002', 'cz', 'visa'],
  ['4000002080000001', 'dk', 'visa'],
  ['4000002330000009', 'ee', 'visa'],
  ['4000002460000001', 'fi', 'visa'],
  ['4000002500000003', 'fr', 'visa'],
  ['4000002760000016', 'de', 'visa'],
  ['4000002920000005', 'gi', 'visa'],
  ['4000003000000030', 'gr', 'visa'],
  ['4000003480000005', 'hu', 'visa'],
  ['4000003720000005', 'ie', 'visa'],
  ['4000003800000008', 'it', 'visa'],
  ['4000004280000005', 'lv', 'visa'],
  ['4000004380000004', 'li', 'visa'],
  ['4000004400000000', 'lt', 'visa'],
  ['4000004420000006', 'lu', 'visa'],
  ['4000004700000007', 'mt', 'visa'],
  ['4000005280000002', 'nl', 'visa'],
  ['4000005780000007', 'no', 'visa'],
  ['4000006160000005', 'pl', 'visa'],
  ['4000006200000007', 'pt', 'visa'],
  ['4000006420000001', 'ro', 'visa'],
  ['4000006820000007', 'sa', 'visa'],
  ['4000007050000006', 'si', 'visa'],
  ['4000007030000001', 'sk', 'visa'],
  ['4000007240000007', 'es', 'visa'],
  ['4000007520000008', 'se', 'visa'],
  ['4000007560000009', 'ch', 'visa'],
  ['4000008260000000', 'gb', 'visa'],
  ['4000058260000005', 'gb_debit', 'visa'],
  ['5555558265554449', 'gb_mastercard', 'mastercard'],
  ['4000000360000006', 'au', 'visa'],
  ['4000001560000002', 'cn', 'visa'],
  ['4000003440000004', 'hk', 'visa'],
  ['4000003560000008', 'in', 'visa'],
  ['4000003920000003', 'jp', 'visa'],
  ['3530111333300000', 'jp_jcb', 'jcb'],
  ['4000004580000002', 'my', 'visa'],
  ['4000005540000008', 'nz', 'visa'],
  ['4000007020000003', 'sg', 'visa'],
  ['4000001580000008', 'tw', 'visa'],
  ['4000007640000003', 'th', 'visa'],
  ['4000057640000008', 'th_debit', 'visa'],
]

const groups: Record<CardGroup, readonly Row[]> = {
  brand: byBrand,
  declined: issuerDeclines,
  risk: riskChecks,
  '3ds': threeDSecure,
  dispute: disputes,
  refund: refundsAndBalance,
  country: byCountry.map(([number, country, brand]): Row => [number, `country_${country}`, brand, succeeds]),
}

/** What an issuer declines, it declines to keep as well; one card only declines later. */
const unsaved = new Set(issuerDeclines.filter(([, name]) => name !== 'saves_then_declines').map(([number]) => number))

/** Every card of the sandbox, in the table's order. */
export const testCards: readonly TestCard[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map(([number, name, brand, behaviour, refund]) => ({
    number,
    name: `tc_${name}`,
    group: group as CardGroup,
    brand,
    behaviour,
    saves: !unsaved.has(number),
    refund: refund ?? null,
  })),
)

const cardsByNumber = new Map(testCards.map((card) => [card.number, card]))
const cardsByName = new Map(testCards.map((card) => [card.name, card]))

export const findCardByNumber = (number: string): TestCard | undefined => cardsByNumber.get(number)
export const findCardByName = (name: string): TestCard | undefined => cardsByName.get(name)
