/** What a shop sells again and again: products, and their plans. */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { type NewPlan, newPlan, type Plan } from '../domain/plan.ts'
import { noSuch } from '../domain/problem.ts'
import { type NewProduct, newProduct, type Product } from '../domain/product.ts'
import { idPrefixes } from '../ids.ts'
import { planRows, productRows } from '../store/catalog.ts'
import { announce, type Command, commit, type Done } from './commit.ts'

export const createProduct = (deps: Deps, by: Owner, command: Command<NewProduct>): Promise<Done<Product>> =>
  commit(deps, command, async (tx, wanted) => {
    const product = newProduct(wanted, { id: deps.newId(idPrefixes.product), by, now: deps.now() })
    await productRows.insert(tx, product)
    await announce(deps, tx, ['product.created', product])
    return product
  })

export const createPlan = (deps: Deps, by: Owner, command: Command<NewPlan>): Promise<Done<Plan>> =>
  commit(deps, command, async (tx, wanted) => {
    const plan = newPlan(wanted, { id: deps.newId(idPrefixes.plan), by, now: deps.now() })
    if (!(await productRows.find(tx, by, plan.productId))) throw noSuch('product', 'product_id')
    await planRows.insert(tx, plan)
    await announce(deps, tx, ['plan.created', plan])
    return plan
  })
