/** The card brands a test card can have, in the words of the card-type library that the frame uses. */
export const brands = [
  'visa',
  'mastercard',
  'american-express',
  'discover',
  'diners-club',
  'jcb',
  'unionpay',
  'unknown',
] as const

export type Brand = (typeof brands)[number]
