import { type Developer } from '../domain/developer.ts'
import { mustHaveChanged } from './guard.ts'
import { flag } from './lists.ts'
import type { Db, DeveloperRow, Tx } from './schema.ts'

const toRow = (developer: Developer): DeveloperRow => ({
  account_id: developer.accountId,
  developer_key: developer.developerKey,
  declared_test: developer.declaredTest === null ? null : flag(developer.declaredTest),
  page: developer.page,
  bank_name: developer.bankName,
  bank_aba_route: developer.bankAbaRoute,
  bank_account_number: developer.bankAccountNumber,
  bank_account_type: developer.bankAccountType,
  bank_sinpe: developer.bankSinpe,
  version: developer.version,
})

const fromRow = (row: DeveloperRow): Developer => ({
  accountId: row.account_id,
  developerKey: row.developer_key,
  declaredTest: row.declared_test === null ? null : row.declared_test === 1,
  page: row.page,
  bankName: row.bank_name,
  bankAbaRoute: row.bank_aba_route,
  bankAccountNumber: row.bank_account_number,
  bankAccountType: row.bank_account_type,
  bankSinpe: row.bank_sinpe,
  version: row.version,
})

export async function selectDeveloper(db: Db | Tx, accountId: string): Promise<Developer | undefined> {
  const row = await db.selectFrom('developers').selectAll().where('account_id', '=', accountId).executeTakeFirst()
  return row && fromRow(row)
}

/** Keeps an account's first details, unless somebody else just has. */
export async function insertDeveloper(tx: Tx, developer: Developer): Promise<void> {
  await tx
    .insertInto('developers')
    .values(toRow(developer))
    .onConflict((conflict) => conflict.column('account_id').doNothing())
    .execute()
}

/** Writes what the details became, only while the row is still as it was read. */
export async function replaceDeveloper(tx: Tx, before: Developer, after: Developer): Promise<void> {
  const changed = await tx
    .updateTable('developers')
    .set(toRow(after))
    .where('account_id', '=', before.accountId)
    .where('version', '=', before.version)
    .executeTakeFirst()
  mustHaveChanged(changed, before.accountId)
}
