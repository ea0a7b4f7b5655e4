/** What a shop sells again and again: products, and their plans. */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { type NewPlan, newPlan, type Plan, retirePlan as retire } from '../domain/plan.ts'
import { noSuch, refuseFields } from '../domain/problem.ts'
import { type NewProduct, newProduct, type Product } from '../domain/product.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { planRows, productRows } from '../store/catalog.ts'
import type { Db, Tx } from '../store/schema.ts'
import { announce, type Command, commit, type Done } from './commit.ts'

export const createProduct = (deps: Deps, by: Owner, command: Command<NewProduct>): Promise<Done<Product>> =>
  commit(deps, command, async (tx, wanted) => {
    const product = newProduct(wanted, { id: deps.newId(idPrefixes.product), by, now: deps.now(by) })
    await productRows.insert(tx, product)
    await announce(deps, tx, ['product.created', product])
    return product
  })

export const createPlan = (deps: Deps, by: Owner, command: Command<NewPlan>): Promise<Done<Plan>> =>
  commit(deps, command, async (tx, wanted) => {
    const plan = newPlan(wanted, { id: deps.newId(idPrefixes.plan), by, now: deps.now(by) })
    if (!(await productRows.find(tx, by, plan.productId))) throw noSuch('product', 'product_id')
    await planRows.insert(tx, plan)
    await announce(deps, tx, ['plan.created', plan])
    return plan
  })

/** A plan with the product that it is the price of: what the legacy API calls a plan. */
export type NewNamedPlan = Omit<NewPlan, 'productId'> & { name: string }

/** The name that the shop gives it must be one among its plans that are not retired. */
export const createNamedPlan = (
  deps: Deps,
  by: Owner,
  command: Command<NewNamedPlan>,
): Promise<Done<{ plan: Plan; product: Product }>> =>
  commit(deps, command, async (tx, { name, ...wanted }) => {
    const now = deps.now(by)
    const product = newProduct(
      { name, description: null, active: true },
      { id: deps.newId(idPrefixes.product), by, now },
    )
    // First of all: whoever makes a product holds the account's list of them, so that two plans cannot take one name.
    await productRows.insert(tx, product)
    if (wanted.idName !== null && (await findPlanNamed(tx, by, wanted.idName))?.active) {
      const say = { en: 'is the name of another plan already', es: 'ya es el nombre de otro plan' }
      return refuseFields([{ field: 'id_name', say }])
    }
    const plan = newPlan({ ...wanted, productId: product.id }, { id: deps.newId(idPrefixes.plan), by, now })
    await planRows.insert(tx, plan)
    await announce(deps, tx, ['product.created', product], ['plan.created', plan])
    return { plan, product }
  })

const findPlanNamed = (db: Db | Tx, by: Owner, idName: string): Promise<Plan | undefined> =>
  planRows.findBy(db, by, 'id_name', idName)

/** A plan that is not retired, by any of its names: the shop's own, the key of 32 letters, or the id. */
export async function findPlan(db: Db | Tx, by: Owner, said: string, field?: string): Promise<Plan> {
  // No name holds that character, and PostgreSQL cannot even be asked about it.
  const named = said.includes('\0') ? undefined : await findPlanNamed(db, by, said)
  if (named?.active) return named
  const keyed = /^[A-Za-z\d]{32}$/.test(said) ? await planRows.findBy(db, by, 'key', said) : undefined
  const plan = keyed ?? (couldBeId(said) ? await planRows.find(db, by, said) : undefined)
  if (!plan?.active) throw noSuch('plan', field)
  return plan
}

/** Retires a plan: it is sold to nobody new, and whoever has subscribed goes on. */
export const retirePlan = (deps: Deps, by: Owner, said: string): Promise<Plan> =>
  deps.store.transact(async (tx) => {
    const before = await findPlan(tx, by, said)
    const after = retire(before)
    await planRows.replace(tx, before, after)
    await announce(deps, tx, ['plan.retired', after])
    return after
  })
