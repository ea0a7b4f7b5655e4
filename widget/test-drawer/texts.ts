/** The test cards that are worth a click, and what each does in the words of a tester. */
import type { Language } from '../text/index.ts'

/** Names of the sandbox's card table, in the drawer's order. */
export const choices = {
  pass: ['visa', 'mastercard', 'amex'],
  fail: [
    'generic_decline',
    'expired_card',
    'insufficient_funds',
    'incorrect_cvc',
    'stolen_card',
    'risk_always_blocked',
    'card_velocity_exceeded',
    'processing_error',
    'saves_then_declines',
  ],
  ask: ['3ds_required', '3ds_frictionless', '3ds_then_insufficient_funds', 'captcha'],
} as const

export type Group = keyof typeof choices
export type Choice = (typeof choices)[Group][number]

export type DrawerText = Record<'title' | 'about' | 'filled' | Group, string> & { cards: Record<Choice, string> }

export const texts: Record<Language, DrawerText> = {
  en: {
    title: 'Test cards',
    about: 'One click fills in the form. Nothing is charged in test mode.',
    filled: 'Filled in: {card}',
    pass: 'Go through',
    fail: 'Are refused',
    ask: 'With the bank’s question (3‑D Secure, captcha)',
    cards: {
      visa: 'Visa',
      mastercard: 'Mastercard',
      amex: 'American Express',
      generic_decline: 'Declined',
      insufficient_funds: 'Not enough money',
      expired_card: 'Expired',
      incorrect_cvc: 'Wrong code',
      stolen_card: 'Stolen',
      card_velocity_exceeded: 'Over its limit',
      processing_error: 'Processing error',
      risk_always_blocked: 'Looks like fraud',
      saves_then_declines: 'Is saved, cannot be charged',
      '3ds_required': 'Asks to confirm',
      '3ds_frictionless': 'Confirms by itself',
      '3ds_then_insufficient_funds': 'Asks, then not enough money',
      captcha: 'Asks for a captcha',
    },
  },
  es: {
    title: 'Tarjetas de prueba',
    about: 'Un clic llena el formulario. En modo de prueba no se cobra nada.',
    filled: 'Lista: {card}',
    pass: 'Se aprueban',
    fail: 'Se rechazan',
    ask: 'Con una pregunta del banco (3‑D Secure, captcha)',
    cards: {
      visa: 'Visa',
      mastercard: 'Mastercard',
      amex: 'American Express',
      generic_decline: 'Rechazada',
      insufficient_funds: 'Fondos insuficientes',
      expired_card: 'Vencida',
      incorrect_cvc: 'Código incorrecto',
      stolen_card: 'Robada',
      card_velocity_exceeded: 'Superó su límite',
      processing_error: 'Error al procesar',
      risk_always_blocked: 'Parece fraude',
      saves_then_declines: 'Se guarda, no se cobra',
      '3ds_required': 'Pide confirmar',
      '3ds_frictionless': 'Se confirma sola',
      '3ds_then_insufficient_funds': 'Confirma, sin fondos',
      captcha: 'Pide un captcha',
    },
  },
  pt: {
    title: 'Cartões de teste',
    about: 'Um clique preenche o formulário. No modo de teste nada é cobrado.',
    filled: 'Preenchido: {card}',
    pass: 'São aprovados',
    fail: 'São recusados',
    ask: 'Com uma pergunta do banco (3‑D Secure, captcha)',
    cards: {
      visa: 'Visa',
      mastercard: 'Mastercard',
      amex: 'American Express',
      generic_decline: 'Recusado',
      insufficient_funds: 'Saldo insuficiente',
      expired_card: 'Vencido',
      incorrect_cvc: 'Código incorreto',
      stolen_card: 'Roubado',
      card_velocity_exceeded: 'Passou do limite',
      processing_error: 'Erro no processamento',
      risk_always_blocked: 'Parece fraude',
      saves_then_declines: 'Salvo, não cobra',
      '3ds_required': 'Pede confirmação',
      '3ds_frictionless': 'Confirma sozinho',
      '3ds_then_insufficient_funds': 'Confirma, sem saldo',
      captcha: 'Pede um captcha',
    },
  },
}
