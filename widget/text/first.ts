/** The few words that are needed before a language's file has come, or when it cannot: in every language, with the element. */
import type { Language } from './index.ts'

const en = {
  secure: 'Secure payment',
  retry: 'Try again',
  away: ['We cannot reach the payment service', 'Check your connection and try again.'],
}

export type FirstText = { [K in keyof typeof en]: (typeof en)[K] extends string ? string : string[] }

export const first: Record<Language, FirstText> = {
  en,
  es: {
    secure: 'Pago seguro',
    retry: 'Intentar de nuevo',
    away: ['No logramos conectar con el servicio de pago', 'Revise su conexión e intente de nuevo.'],
  },
  pt: {
    secure: 'Pagamento seguro',
    retry: 'Tentar de novo',
    away: ['Não conseguimos acessar o serviço de pagamento', 'Verifique sua conexão e tente de novo.'],
  },
}
