/** English. */

/** Texts of the element. Of each screen: its heading, and what it means or what to do. */
export const screens = {
  test: 'Test mode',
  secure: 'Secure payment',
  retry: 'Try again',
  back: 'Back to {merchant}',
  hosted: 'Pay on the secure payment page',
  paying: ['Processing your payment'],
  checking: ['We are checking your payment', 'Please do not pay again. We keep asking, and will tell you here.'],
  paid: ['Payment received', 'Thank you!'],
  settled: ['This is already paid', 'Nothing more will be charged.'],
  expired: ['This payment has expired', 'Nothing was charged. Please start again at {merchant}.'],
  away: ['We cannot reach the payment service', 'Check your connection and try again.'],
  unknown: ['We cannot find this payment', 'Please start again at the shop.'],
  closed: ['You cannot pay on this page yet', 'Please tell the shop.'],
}

/** Texts of the card frame. */
export const card = {
  number: 'Card number',
  expiry: 'Expiry date',
  cvc: 'Security code',
  expiryHint: 'MM / YY',
  pay: 'Pay {amount}',
  to: 'You are paying {merchant}',
  busy: 'Processing…',
  checking: 'We are checking what happened. Please do not pay again.',
  alone: 'This form only works inside the page of the shop.',
  number_missing: 'Enter the number on your card.',
  number_short: 'This card number is too short. Check it again.',
  expiry_missing: 'Enter the expiry date on your card.',
  expiry_wrong: 'Enter the month and the year, like 08 / 29.',
  cvc_missing: 'Enter the security code of your card.',
  cvc_short: 'This code is too short. It has {size} digits.',
  network: 'We could not reach your bank, and nothing was charged. Please try again.',
  limited: 'That was a lot of tries in a short time. Nothing was charged. Wait a minute and try again.',
  refused: 'This payment cannot continue here, and nothing was charged.',
  challenge:
    'Your bank asks for an extra confirmation for this card, which is not available here yet. Nothing was charged. Please use another card.',
  card_declined: 'Your bank did not accept this card. Nothing was charged. Try another card, or ask your bank.',
  expired_card: 'This card has expired. Check the date, or use another card.',
  incorrect_cvc: 'The security code does not match this card. Check it and enter it again.',
  incorrect_number: 'This card number is not right. Check each digit and try again.',
  incorrect_zip: 'The postal code does not match this card. Check it with your bank, or use another card.',
  invalid_cvc: 'The security code is not complete. Enter it again.',
  invalid_expiry_month: 'The month of the expiry date is not right. Check your card.',
  invalid_expiry_year: 'The year of the expiry date is not right. Check your card.',
  processing_error: 'Something went wrong on the way to your bank. Nothing was charged. Please try again.',
  payment_intent_authentication_failure:
    'Your bank could not confirm that it was you. Nothing was charged. Try again, or use another card.',
  insufficient_funds: 'There is not enough money available on this card. Nothing was charged. Please use another card.',
  card_velocity_exceeded:
    'This card has reached its limit for now. Nothing was charged. Use another card, or try again tomorrow.',
  test_mode_live_card: 'This is a test shop, so real cards do not work here. Nothing was charged. Use a test card.',
}
