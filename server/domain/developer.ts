/** An account as the legacy API knows it: who is paid out, and where. Source: the legacy document, "Accounts". */
import { withoutCardNumbers } from './card.ts'

/** Where the account's money goes: kept for its owner, and shown to nobody else. */
export type BankDetails = {
  bankName: string
  bankAbaRoute: string
  bankAccountNumber: string
  bankAccountType: string
  bankSinpe: string
}

export type Developer = BankDetails & {
  accountId: string
  developerKey: string
  /** What the owner last wrote in the field `test`; which money moves, the credential alone decides. */
  declaredTest: boolean | null
  page: string
  version: number
}

export type DeveloperChange = Partial<Omit<Developer, 'accountId' | 'developerKey' | 'version'>>

export const newDeveloper = (accountId: string, developerKey: string): Developer => ({
  accountId,
  developerKey,
  declaredTest: null,
  page: '',
  bankName: '',
  bankAbaRoute: '',
  bankAccountNumber: '',
  bankAccountType: '',
  bankSinpe: '',
  version: 1,
})

export const changeDeveloper = (developer: Developer, change: DeveloperChange): Developer => ({
  ...developer,
  ...change,
  page: withoutCardNumbers(change.page ?? developer.page),
  version: developer.version + 1,
})

/** The same wherever it is not the owner who asked for it: of long numbers their last four, of the rest nothing. */
export const withoutBankDetails = <T extends BankDetails>(developer: T): T => ({
  ...developer,
  bankName: masked(developer.bankName),
  bankAbaRoute: masked(developer.bankAbaRoute),
  bankAccountNumber: masked(developer.bankAccountNumber),
  bankAccountType: masked(developer.bankAccountType),
  bankSinpe: masked(developer.bankSinpe),
})

function masked(text: string): string {
  if (text === '') return ''
  return /^[A-Z]{0,2}[\d -]{8,}$/i.test(text) ? `***${text.slice(-4)}` : '***'
}
