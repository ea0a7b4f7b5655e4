/** Português. */
import type { Text } from './index.ts'

export const screens: Text['screens'] = {
  test: 'Modo de teste',
  secure: 'Pagamento seguro',
  retry: 'Tentar de novo',
  back: 'Voltar para {merchant}',
  hosted: 'Pagar na página de pagamento seguro',
  paying: ['Processando seu pagamento'],
  checking: [
    'Estamos verificando seu pagamento',
    'Por favor, não pague de novo. Continuamos consultando e avisamos você aqui.',
  ],
  paid: ['Pagamento recebido', 'Muito obrigado!'],
  settled: ['Isto já está pago', 'Nada mais será cobrado.'],
  expired: ['Este pagamento expirou', 'Nada foi cobrado. Por favor, comece de novo em {merchant}.'],
  away: ['Não conseguimos acessar o serviço de pagamento', 'Verifique sua conexão e tente de novo.'],
  unknown: ['Não encontramos este pagamento', 'Por favor, comece de novo na loja.'],
  closed: ['Ainda não é possível pagar nesta página', 'Por favor, avise a loja.'],
}

export const card: Text['card'] = {
  number: 'Número do cartão',
  expiry: 'Data de validade',
  cvc: 'Código de segurança',
  expiryHint: 'MM / AA',
  pay: 'Pagar {amount}',
  to: 'Seu pagamento é para {merchant}',
  busy: 'Processando…',
  checking: 'Estamos verificando o que aconteceu. Por favor, não pague de novo.',
  alone: 'Este formulário só funciona dentro da página da loja.',
  number_missing: 'Digite o número do seu cartão.',
  number_short: 'Faltam dígitos neste número. Confira.',
  expiry_missing: 'Digite a data de validade do seu cartão.',
  expiry_wrong: 'Digite o mês e o ano, por exemplo 08 / 29.',
  cvc_missing: 'Digite o código de segurança do seu cartão.',
  cvc_short: 'Faltam dígitos neste código. Ele tem {size}.',
  network: 'Não conseguimos falar com o seu banco e nada foi cobrado. Por favor, tente de novo.',
  limited: 'Foram muitas tentativas em pouco tempo. Nada foi cobrado. Espere um minuto e tente de novo.',
  refused: 'Este pagamento não pode continuar aqui e nada foi cobrado.',
  challenge:
    'Seu banco pede uma confirmação extra para este cartão, que aqui ainda não está disponível. Nada foi cobrado. Por favor, use outro cartão.',
  card_declined: 'Seu banco não aceitou este cartão. Nada foi cobrado. Tente outro cartão ou fale com seu banco.',
  expired_card: 'Este cartão está vencido. Confira a data ou use outro cartão.',
  incorrect_cvc: 'O código de segurança não corresponde a este cartão. Confira e digite de novo.',
  incorrect_number: 'Este número de cartão não está certo. Confira cada dígito e tente de novo.',
  incorrect_zip: 'O código postal não corresponde a este cartão. Fale com seu banco ou use outro cartão.',
  invalid_cvc: 'O código de segurança está incompleto. Digite de novo.',
  invalid_expiry_month: 'O mês de validade não está certo. Confira seu cartão.',
  invalid_expiry_year: 'O ano de validade não está certo. Confira seu cartão.',
  processing_error: 'Algo falhou no caminho até o seu banco. Nada foi cobrado. Por favor, tente de novo.',
  payment_intent_authentication_failure:
    'Seu banco não conseguiu confirmar que era você. Nada foi cobrado. Tente de novo ou use outro cartão.',
  insufficient_funds: 'Este cartão não tem saldo suficiente. Nada foi cobrado. Por favor, use outro cartão.',
  card_velocity_exceeded:
    'Este cartão chegou ao limite por enquanto. Nada foi cobrado. Use outro cartão ou tente amanhã.',
  test_mode_live_card:
    'Esta é uma loja de teste: cartões reais não funcionam aqui. Nada foi cobrado. Use um cartão de teste.',
}
