/** What each card of the sandbox's table is and does, in a tester's words. */
import type { CardGroup, ShownCard } from '../cards.ts'

type Language = 'es' | 'en'

export const groupNames: Record<CardGroup, Record<Language, string>> = {
  brand: { es: 'Se aprueban, por marca', en: 'Go through, by brand' },
  declined: { es: 'El banco las rechaza', en: 'The bank refuses them' },
  risk: { es: 'Riesgo y verificaciones', en: 'Risk and checks' },
  '3ds': { es: 'Confirmación del banco (3‑D Secure)', en: 'The bank’s confirmation (3‑D Secure)' },
  dispute: { es: 'Reclamos, después del cobro', en: 'Disputes, after the charge' },
  refund: { es: 'Reembolsos y saldo', en: 'Refunds and balance' },
  country: { es: 'Se aprueban, por país', en: 'Go through, by country' },
}

/** `[Spanish, English]`, by the card's name. Countries name themselves. */
export const cardNames: Readonly<Record<string, readonly [es: string, en: string]>> = {
  visa: ['Visa', 'Visa'],
  visa_debit: ['Visa, débito', 'Visa debit'],
  mastercard: ['Mastercard', 'Mastercard'],
  mastercard_2_series: ['Mastercard que empieza en 2', 'Mastercard, 2 series'],
  mastercard_debit: ['Mastercard, débito', 'Mastercard debit'],
  mastercard_prepaid: ['Mastercard, prepago', 'Mastercard prepaid'],
  amex: ['American Express', 'American Express'],
  amex_second: ['American Express, otra', 'American Express, another'],
  discover: ['Discover', 'Discover'],
  discover_second: ['Discover, otra', 'Discover, another'],
  discover_debit: ['Discover, débito', 'Discover debit'],
  diners: ['Diners Club', 'Diners Club'],
  diners_14_digits: ['Diners Club, 14 dígitos', 'Diners Club, 14 digits'],
  bccard: ['BCcard y DinaCard', 'BCcard and DinaCard'],
  jcb: ['JCB', 'JCB'],
  unionpay: ['UnionPay', 'UnionPay'],
  unionpay_debit: ['UnionPay, débito', 'UnionPay debit'],
  unionpay_19_digits: ['UnionPay, 19 dígitos', 'UnionPay, 19 digits'],
  cartes_bancaires_visa: ['Cartes Bancaires y Visa', 'Cartes Bancaires and Visa'],
  cartes_bancaires_mastercard: ['Cartes Bancaires y Mastercard', 'Cartes Bancaires and Mastercard'],
  eftpos_visa: ['eftpos Australia y Visa', 'eftpos Australia and Visa'],
  eftpos_mastercard: ['eftpos Australia y Mastercard', 'eftpos Australia and Mastercard'],
  health_visa: ['Visa para gastos de salud', 'Visa for health costs'],
  health_mastercard: ['Mastercard para gastos de salud', 'Mastercard for health costs'],
  generic_decline: ['Rechazada, sin decir por qué', 'Declined, no reason given'],
  insufficient_funds: ['Fondos insuficientes', 'Not enough money'],
  lost_card: ['Reportada como perdida', 'Reported lost'],
  stolen_card: ['Reportada como robada', 'Reported stolen'],
  expired_card: ['Vencida', 'Expired'],
  incorrect_cvc: ['Código de seguridad incorrecto', 'Wrong security code'],
  processing_error: ['Error al procesar', 'Processing error'],
  card_velocity_exceeded: ['Superó su límite', 'Over its limit'],
  saves_then_declines: ['Se guarda; ningún cobro pasa', 'Is saved; no charge goes through'],
  risk_always_blocked: ['Riesgo máximo, siempre bloqueada', 'Highest risk, always blocked'],
  risk_highest: ['Riesgo máximo', 'Highest risk'],
  risk_elevated: ['Riesgo elevado', 'Elevated risk'],
  fraud_dispute_score: ['Probable reclamo por fraude', 'Likely dispute for fraud'],
  fraud_warning_score: ['Probable alerta de fraude', 'Likely fraud warning'],
  dynamic_risk: ['Umbral de riesgo dinámico', 'Dynamic risk threshold'],
  free_trial_abuse: ['Abuso de pruebas gratis', 'Abuse of free trials'],
  adaptive_challenge: ['3‑D Secure según el riesgo', '3‑D Secure by risk'],
  cvc_check_fails: ['No pasa la revisión del código', 'Fails the code check'],
  postal_code_check_fails: ['No pasa la del código postal', 'Fails the postal code check'],
  cvc_check_fails_elevated: ['Código, con riesgo elevado', 'Code check, elevated risk'],
  postal_code_check_fails_elevated: ['Código postal, con riesgo elevado', 'Postal code, elevated risk'],
  address_check_fails: ['La dirección no coincide', 'Address does not match'],
  address_checks_fail: ['Ni dirección ni código postal', 'Neither address nor postal code'],
  address_checks_unavailable: ['Dirección sin verificar', 'Address cannot be checked'],
  captcha: ['Pide un captcha', 'Asks for a captcha'],
  captcha_second: ['Pide un captcha, otra', 'Asks for a captcha, another'],
  '3ds_unless_set_up': ['Pide confirmar, salvo ya guardada', 'Asks unless set up before'],
  '3ds_always': ['Pide confirmar siempre', 'Asks every time'],
  '3ds_already_set_up': ['Pide confirmar; guardada, no', 'Asks; already set up for later'],
  '3ds_then_insufficient_funds': ['Confirma, sin fondos', 'Asks, then not enough money'],
  '3ds_required': ['Exige confirmar (Irlanda)', 'Has to ask (Ireland)'],
  '3ds_required_us': ['Exige confirmar (EE. UU.)', 'Has to ask (US)'],
  '3ds_then_declined': ['Confirma, luego rechazada', 'Asks, then declined'],
  '3ds_lookup_fails': ['La consulta falla', 'The look-up fails'],
  '3ds_supported': ['Lo permite, no lo exige', 'Supported, not required'],
  '3ds_supported_with_errors': ['Lo permite, con errores', 'Supported, with errors'],
  '3ds_frictionless': ['Se confirma sola', 'Confirms by itself'],
  '3ds_out_of_band': ['Confirma en la app del banco', 'Confirms in the bank’s app'],
  '3ds_one_time_passcode': ['Confirma con un código', 'Confirms with a passcode'],
  '3ds_single_select': ['Confirma con una respuesta', 'Confirms with one answer'],
  '3ds_multi_select': ['Confirma con varias respuestas', 'Confirms with several answers'],
  dispute_fraudulent: ['Reclamo por fraude', 'Disputed as fraud'],
  dispute_not_received: ['Reclamo: no llegó', 'Disputed: not received'],
  dispute_inquiry: ['Consulta del banco', 'Inquiry'],
  early_fraud_warning: ['Alerta temprana de fraude', 'Early fraud warning'],
  disputes_several: ['Varios reclamos', 'Disputed several times'],
  dispute_compelling_evidence: ['Reclamo con prueba contundente', 'Eligible for compelling evidence'],
  dispute_compliance_visa: ['Reclamo de cumplimiento, Visa', 'Compliance dispute, Visa'],
  dispute_compliance_mastercard: ['Reclamo de cumplimiento, Mastercard', 'Compliance dispute, Mastercard'],
  dispute_smart: ['Reclamo con respuesta automática', 'Eligible for smart disputes'],
  refund_pending: ['El reembolso espera y se hace', 'Refund waits, then succeeds'],
  refund_fails: ['El reembolso se hace y falla', 'Refund succeeds, then fails'],
  available_at_once_us: ['Disponible de una vez (EE. UU.)', 'Available at once (US)'],
  available_at_once: ['Disponible de una vez', 'Available at once'],
}

const brands: Record<string, string> = { mastercard: 'Mastercard', jcb: 'JCB', carnet: 'Carnet' }

export function cardName({ name, group }: ShownCard, language: Language): string {
  const own = cardNames[name]
  if (own) return own[language === 'es' ? 0 : 1]
  if (group !== 'country') return name
  const [, region, kind] = name.split('_')
  const country = new Intl.DisplayNames([language], { type: 'region' }).of(region!.toUpperCase()) ?? region!
  if (!kind) return country
  return `${country}, ${brands[kind] ?? (language === 'es' ? 'débito' : 'debit')}`
}
