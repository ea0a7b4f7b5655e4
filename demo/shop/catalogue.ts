/** What the shop sells, in both languages and both currencies. Prices are whole minor units: céntimos and cents. */

export const languages = ['es', 'en'] as const
export type Language = (typeof languages)[number]

export const currencies = ['CRC', 'USD'] as const
export type Currency = (typeof currencies)[number]

export type Product = {
  id: string
  kind: 'coffee' | 'gear'
  price: Record<Currency, number>
  name: Record<Language, string>
  /** Where it grows or what it is made of. */
  origin: Record<Language, string>
  about: Record<Language, string>
  size: Record<Language, string>
}

export const catalogue: readonly Product[] = [
  {
    id: 'amanecer',
    kind: 'coffee',
    price: { CRC: 750_000, USD: 1450 },
    name: { es: 'Amanecer', en: 'Amanecer' },
    origin: { es: 'Tarrazú · miel roja', en: 'Tarrazú · red honey' },
    about: {
      es: 'Tapa dulce, naranja y un final largo a miel de café.',
      en: 'Raw cane sugar, orange and a long coffee-honey finish.',
    },
    size: { es: 'Grano, 340 g', en: 'Whole bean, 340 g' },
  },
  {
    id: 'neblina',
    kind: 'coffee',
    price: { CRC: 620_000, USD: 1200 },
    name: { es: 'Neblina', en: 'Neblina' },
    origin: { es: 'Valle Central · lavado', en: 'Central Valley · washed' },
    about: {
      es: 'Chocolate oscuro y almendra; limpio y parejo, para todos los días.',
      en: 'Dark chocolate and almond; clean and even, made for every day.',
    },
    size: { es: 'Grano, 340 g', en: 'Whole bean, 340 g' },
  },
  {
    id: 'aguacero',
    kind: 'coffee',
    price: { CRC: 795_000, USD: 1550 },
    name: { es: 'Aguacero', en: 'Aguacero' },
    origin: { es: 'Brunca · natural', en: 'Brunca · natural' },
    about: {
      es: 'Mora, cacao y una acidez jugosa que refresca.',
      en: 'Blackberry, cacao and a juicy, refreshing acidity.',
    },
    size: { es: 'Grano, 340 g', en: 'Whole bean, 340 g' },
  },
  {
    id: 'sereno',
    kind: 'coffee',
    price: { CRC: 680_000, USD: 1325 },
    name: { es: 'Sereno', en: 'Sereno' },
    origin: { es: 'Turrialba · descafeinado', en: 'Turrialba · decaf' },
    about: {
      es: 'Caramelo y manzana; descafeinado con agua, para después de la cena.',
      en: 'Caramel and apple; decaffeinated with water, for after dinner.',
    },
    size: { es: 'Grano, 340 g', en: 'Whole bean, 340 g' },
  },
  {
    id: 'chorreador',
    kind: 'gear',
    price: { CRC: 1_450_000, USD: 2800 },
    name: { es: 'Chorreador', en: 'Chorreador' },
    origin: { es: 'Cedro amargo', en: 'Spanish cedar' },
    about: {
      es: 'El de siempre, en madera torneada, con su bolsita de manta.',
      en: 'The traditional Costa Rican dripper in turned wood, with its cloth filter.',
    },
    size: { es: 'Una o dos tazas', en: 'One or two cups' },
  },
  {
    id: 'jarro',
    kind: 'gear',
    price: { CRC: 590_000, USD: 1150 },
    name: { es: 'Jarro enlozado', en: 'Enamel mug' },
    origin: { es: 'Acero enlozado', en: 'Enamelled steel' },
    about: {
      es: 'Liviano y aguantador: del corredor de la casa a la montaña.',
      en: 'Light and hard to break: from the porch to the mountain.',
    },
    size: { es: '350 ml', en: '350 ml' },
  },
  {
    id: 'molinillo',
    kind: 'gear',
    price: { CRC: 3_200_000, USD: 6200 },
    name: { es: 'Molinillo manual', en: 'Hand grinder' },
    origin: { es: 'Muelas de acero', en: 'Steel burrs' },
    about: {
      es: 'Muele parejo en un minuto, sin ruido y sin enchufe.',
      en: 'An even grind in one minute, no noise and no socket.',
    },
    size: { es: '30 g por carga', en: '30 g a load' },
  },
  {
    id: 'bolsita',
    kind: 'gear',
    price: { CRC: 220_000, USD: 450 },
    name: { es: 'Bolsita de manta', en: 'Cloth filter' },
    origin: { es: 'Algodón crudo', en: 'Raw cotton' },
    about: {
      es: 'Repuesto para el chorreador, cosido a mano, con aro de acero.',
      en: 'A spare for the chorreador, sewn by hand on a steel ring.',
    },
    size: { es: 'Paquete de dos', en: 'Pack of two' },
  },
]

/** What comes every month to whoever subscribes. */
export const club = {
  price: { CRC: 990_000, USD: 1900 } satisfies Record<Currency, number>,
  trialDays: 14,
  name: { es: 'La bolsa del mes', en: 'The bag of the month' } satisfies Record<Language, string>,
  size: { es: '340 g en grano, un lote distinto cada mes', en: '340 g whole bean, another lot every month' },
} as const

/** The most of one product that a basket holds. */
export const mostOfOne = 20

export function findProduct(id: string): Product | undefined {
  return catalogue.find((product) => product.id === id)
}
