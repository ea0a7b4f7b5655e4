/** The same money rules as the payment side, for a shop that installs this folder alone. */
export { formatMoney, readAmount, showAmount } from '../contract/money.ts'
