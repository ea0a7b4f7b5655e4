/** What callers read: a title for each status, and a sentence for each way a card can fail. */
import type { CardErrorCode, DeclineCode } from '../contract/errors.ts'
import type { Say } from '../domain/problem.ts'

export const titles: Partial<Record<number, Say>> = {
  400: { en: 'Invalid request', es: 'Solicitud inválida' },
  401: { en: 'Unauthorized', es: 'No autorizado' },
  402: { en: 'Card declined', es: 'Tarjeta rechazada' },
  403: { en: 'Forbidden', es: 'Prohibido' },
  404: { en: 'Not found', es: 'No encontrado' },
  405: { en: 'Method not allowed', es: 'Método no permitido' },
  408: { en: 'Request timed out', es: 'Se agotó el tiempo de la solicitud' },
  409: { en: 'Conflict', es: 'Conflicto' },
  413: { en: 'Body too large', es: 'Cuerpo demasiado grande' },
  415: { en: 'Unsupported media type', es: 'Tipo de contenido no admitido' },
  422: { en: 'Validation error', es: 'Error de validación' },
  429: { en: 'Too many requests', es: 'Demasiadas solicitudes' },
  500: { en: 'Server error', es: 'Error del servidor' },
  503: { en: 'Unavailable', es: 'No disponible' },
}

const byCode: Record<CardErrorCode, Say> = {
  card_declined: { en: 'The card was declined', es: 'La tarjeta fue rechazada' },
  expired_card: { en: 'The card has expired', es: 'La tarjeta está vencida' },
  incorrect_cvc: {
    en: "The card's security code is incorrect",
    es: 'El código de seguridad de la tarjeta es incorrecto',
  },
  incorrect_number: { en: 'The card number is incorrect', es: 'El número de tarjeta es incorrecto' },
  incorrect_zip: { en: 'The postal code is incorrect', es: 'El código postal es incorrecto' },
  invalid_cvc: { en: "The card's security code is not valid", es: 'El código de seguridad de la tarjeta no es válido' },
  invalid_expiry_month: {
    en: "The card's expiration month is not valid",
    es: 'El mes de vencimiento de la tarjeta no es válido',
  },
  invalid_expiry_year: {
    en: "The card's expiration year is not valid",
    es: 'El año de vencimiento de la tarjeta no es válido',
  },
  processing_error: {
    en: 'The card could not be processed, and nothing was charged; try again in a moment',
    es: 'No se pudo procesar la tarjeta y no se cobró nada; intente de nuevo en un momento',
  },
  payment_intent_authentication_failure: {
    en: 'The bank could not confirm that the buyer holds this card',
    es: 'El banco no pudo confirmar que quien compra es titular de la tarjeta',
  },
}

const byReason: Record<DeclineCode, Say> = {
  generic_decline: byCode.card_declined,
  insufficient_funds: { en: 'The card has insufficient funds', es: 'La tarjeta no tiene fondos suficientes' },
  lost_card: { en: 'The card was reported lost', es: 'La tarjeta fue reportada como perdida' },
  stolen_card: { en: 'The card was reported stolen', es: 'La tarjeta fue reportada como robada' },
  pickup_card: { en: 'The card cannot be used', es: 'La tarjeta no se puede usar' },
  fraudulent: { en: 'The payment was blocked as fraudulent', es: 'El pago se bloqueó por posible fraude' },
  card_velocity_exceeded: {
    en: 'The card has reached its limit of charges',
    es: 'La tarjeta alcanzó su límite de cobros',
  },
  authentication_required: {
    en: 'The bank asks for 3-D Secure, and the buyer is not there to answer: let them pay on a checkout page',
    es: 'El banco pide 3-D Secure y quien compra no está para responder: deje que pague en una página de pago',
  },
  processing_error: byCode.processing_error,
  test_mode_live_card: {
    en: 'This is not a test card, and test mode takes nothing else; use 4242 4242 4242 4242',
    es: 'Esta no es una tarjeta de prueba, y el modo de prueba no acepta otras; use 4242 4242 4242 4242',
  },
}

export const cardText = (code: CardErrorCode, declineCode: DeclineCode | null): Say =>
  code === 'card_declined' && declineCode !== null ? byReason[declineCode] : byCode[code]
