/** Español. */
import type { Text } from './index.ts'

export const screens: Text['screens'] = {
  test: 'Modo de prueba',
  secure: 'Pago seguro',
  retry: 'Intentar de nuevo',
  back: 'Volver a {merchant}',
  hosted: 'Pagar en la página de pago seguro',
  paying: ['Procesando su pago'],
  checking: ['Estamos verificando su pago', 'Por favor no pague otra vez. Seguimos consultando y le avisamos aquí.'],
  paid: ['Pago recibido', '¡Muchas gracias!'],
  settled: ['Esto ya está pagado', 'No se cobrará nada más.'],
  expired: ['Este pago venció', 'No se cobró nada. Por favor empiece de nuevo en {merchant}.'],
  away: ['No logramos conectar con el servicio de pago', 'Revise su conexión e intente de nuevo.'],
  unknown: ['No encontramos este pago', 'Por favor empiece de nuevo en la tienda.'],
  closed: ['Todavía no se puede pagar en esta página', 'Por favor avise a la tienda.'],
}

export const card: Text['card'] = {
  number: 'Número de tarjeta',
  expiry: 'Fecha de vencimiento',
  cvc: 'Código de seguridad',
  expiryHint: 'MM / AA',
  pay: 'Pagar {amount}',
  to: 'Su pago es para {merchant}',
  busy: 'Procesando…',
  checking: 'Estamos verificando qué pasó. Por favor no pague otra vez.',
  alone: 'Este formulario solo funciona dentro de la página de la tienda.',
  number_missing: 'Escriba el número de su tarjeta.',
  number_short: 'A este número le faltan dígitos. Revíselo.',
  expiry_missing: 'Escriba la fecha de vencimiento de su tarjeta.',
  expiry_wrong: 'Escriba el mes y el año, por ejemplo 08 / 29.',
  cvc_missing: 'Escriba el código de seguridad de su tarjeta.',
  cvc_short: 'A este código le faltan dígitos. Tiene {size}.',
  network: 'No logramos conectar con su banco y no se cobró nada. Por favor intente de nuevo.',
  limited: 'Fueron muchos intentos en poco tiempo. No se cobró nada. Espere un minuto e intente de nuevo.',
  refused: 'Este pago no puede continuar aquí y no se cobró nada.',
  challenge:
    'Su banco pide una confirmación adicional para esta tarjeta, que aquí todavía no está disponible. No se cobró nada. Por favor use otra tarjeta.',
  card_declined: 'Su banco no aceptó esta tarjeta. No se cobró nada. Pruebe con otra tarjeta o consulte a su banco.',
  expired_card: 'Esta tarjeta está vencida. Revise la fecha o use otra tarjeta.',
  incorrect_cvc: 'El código de seguridad no corresponde a esta tarjeta. Revíselo y escríbalo de nuevo.',
  incorrect_number: 'Este número de tarjeta no es correcto. Revise cada dígito e intente de nuevo.',
  incorrect_zip: 'El código postal no corresponde a esta tarjeta. Consulte a su banco o use otra tarjeta.',
  invalid_cvc: 'El código de seguridad está incompleto. Escríbalo de nuevo.',
  invalid_expiry_month: 'El mes de vencimiento no es correcto. Revise su tarjeta.',
  invalid_expiry_year: 'El año de vencimiento no es correcto. Revise su tarjeta.',
  processing_error: 'Algo falló en el camino a su banco. No se cobró nada. Por favor intente de nuevo.',
  payment_intent_authentication_failure:
    'Su banco no pudo confirmar que era usted. No se cobró nada. Intente de nuevo o use otra tarjeta.',
  insufficient_funds: 'Esta tarjeta no tiene fondos suficientes. No se cobró nada. Por favor use otra tarjeta.',
  card_velocity_exceeded:
    'Esta tarjeta llegó a su límite por ahora. No se cobró nada. Use otra tarjeta o intente mañana.',
  test_mode_live_card:
    'Esta es una tienda de prueba: aquí no funcionan tarjetas reales. No se cobró nada. Use una tarjeta de prueba.',
}
