/** What the browser remembers between visits: the basket, the currency, and the order being paid. */
import { currencies, findProduct, mostOfOne, type Currency } from '../catalogue.ts'

export type BasketLine = { id: string; quantity: number }

const names = { basket: 'baru.basket', currency: 'baru.currency', order: 'baru.order', club: 'baru.club.' } as const
const listeners = new Set<() => void>()

/** Calls back after every change, in this tab or another. */
export function onMemory(listener: () => void): void {
  listeners.add(listener)
  addEventListener('storage', listener)
}

export function basket(): BasketLine[] {
  const lines: unknown = parse(read(names.basket))
  return Array.isArray(lines) ? lines.flatMap(readLine) : []
}

export function countOf(lines: BasketLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0)
}

/** Sets how many of a product the basket holds; none removes it. */
export function setQuantity(id: string, quantity: number): void {
  const lines = basket()
  const line = lines.find((one) => one.id === id)
  const wanted = Math.max(0, Math.min(quantity, mostOfOne))
  if (line) line.quantity = wanted
  else lines.push({ id, quantity: wanted })
  write(names.basket, JSON.stringify(lines.filter((one) => one.quantity > 0)))
}

export function addOne(id: string): void {
  setQuantity(id, (basket().find((line) => line.id === id)?.quantity ?? 0) + 1)
}

export function currency(): Currency {
  return currencies.find((code) => code === read(names.currency)) ?? 'CRC'
}

export function setCurrency(code: Currency): void {
  write(names.currency, code)
}

/** The order this basket became. */
export function lastOrder(): string | undefined {
  return read(names.order) ?? undefined
}

export function setLastOrder(reference: string): void {
  write(names.order, reference)
}

/** The order of the monthly bag that is being paid, with a trial or without. */
export function clubOrder(trial: boolean): string | undefined {
  return read(names.club + trial) ?? undefined
}

export function setClubOrder(trial: boolean, reference: string | null): void {
  write(names.club + trial, reference)
}

/** Once an order is paid its basket is empty; a basket filled since for another order stays. */
export function forgetPaid(reference: string): void {
  if (read(names.order) !== reference) return
  write(names.basket, null)
  write(names.order, null)
}

function readLine(value: unknown): BasketLine[] {
  if (typeof value !== 'object' || value === null || !('id' in value && 'quantity' in value)) return []
  const { id, quantity } = value
  const fits = typeof id === 'string' && findProduct(id) && typeof quantity === 'number' && Number.isInteger(quantity)
  return fits && quantity > 0 && quantity <= mostOfOne ? [{ id, quantity }] : []
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

// A browser that keeps nothing (blocked storage) still shops: what it would remember lives as long as the page.
const unkept = new Map<string, string>()

function read(name: string): string | null {
  try {
    return localStorage.getItem(name) ?? unkept.get(name) ?? null
  } catch {
    return unkept.get(name) ?? null
  }
}

function write(name: string, value: string | null): void {
  unkept.delete(name)
  try {
    if (value === null) localStorage.removeItem(name)
    else localStorage.setItem(name, value)
  } catch {
    if (value !== null) unkept.set(name, value)
  }
  for (const listener of listeners) listener()
}
