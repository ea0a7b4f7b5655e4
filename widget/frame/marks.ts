/** Small marks of the card brands, drawn here: the frame may load no image. */

type Shape = [name: string, attributes: Record<string, string | number>, text?: string]

const tile = (fill: string): Shape => ['rect', { width: 34, height: 22, rx: 4, fill }]
const word = (text: string, fill: string, size: number): Shape => [
  'text',
  {
    x: 17,
    y: 11 + size * 0.36,
    fill,
    'font-size': size,
    'font-weight': 800,
    'text-anchor': 'middle',
    'font-family': 'Arial, sans-serif',
  },
  text,
]
const dot = (cx: number, fill: string, r = 6.4): Shape => ['circle', { cx, cy: 11, r, fill }]
const bar = (x: number, fill: string): Shape => ['rect', { x, y: 4, width: 6.4, height: 14, rx: 2.4, fill }]

const drawings: Record<string, Shape[]> = {
  visa: [
    tile('#fff'),
    ['text', { ...word('', '#1a1f71', 10)[1], 'font-style': 'italic', 'letter-spacing': -0.3 }, 'VISA'],
  ],
  mastercard: [
    tile('#fff'),
    dot(13, '#eb001b'),
    dot(21, '#f79e1b'),
    ['path', { d: 'M17 6a6.4 6.4 0 0 1 0 10 6.4 6.4 0 0 1 0-10', fill: '#ff5f00' }],
  ],
  'american-express': [tile('#016fd0'), word('AMEX', '#fff', 8.6)],
  discover: [
    tile('#fff'),
    ['path', { d: 'M12 22Q27 20 34 13v5a4 4 0 0 1-4 4z', fill: '#f47216' }],
    word('DISCOVER', '#111', 5.6),
  ],
  'diners-club': [
    tile('#fff'),
    dot(17, '#0069aa', 8),
    ['path', { d: 'M14.6 6a5.6 5.6 0 0 0 0 10zM19.4 6a5.6 5.6 0 0 1 0 10z', fill: '#fff' }],
  ],
  jcb: [tile('#fff'), bar(6, '#0b63ad'), bar(13.8, '#d8203c'), bar(21.6, '#1a9b45')],
  unionpay: [
    tile('#fff'),
    ['path', { d: 'M7 3h8l-4 16H5a2 2 0 0 1-2-2L5 5a3 3 0 0 1 2-2z', fill: '#d8203c' }],
    ['path', { d: 'M14 3h8l-4 16h-8z', fill: '#0b4a8f' }],
    ['path', { d: 'M21 3h8a2 2 0 0 1 2 2l-3 12a3 3 0 0 1-2 2h-9z', fill: '#0c7c7c' }],
  ],
}

/** The mark of a brand; a plain badge with its name for those without a drawing. */
export function markOf(brand: string, name: string): SVGElement {
  const shapes = drawings[brand] ?? [
    tile('#5b6473'),
    word(name.slice(0, 9).toUpperCase(), '#fff', name.length > 5 ? 5 : 7),
  ]
  const mark = draw('svg', { viewBox: '0 0 34 22', class: 'mark', 'aria-hidden': 'true', 'data-brand': brand })
  mark.append(...shapes.map(([tag, attributes, text = '']) => draw(tag, attributes, text)))
  mark.append(draw('rect', { x: 0.5, y: 0.5, width: 33, height: 21, rx: 3.5, class: 'rim' }))
  return mark as SVGElement
}

/** An SVG element. Trusted types forbid markup in strings here, so shapes are made one by one. */
export function draw(tag: string, attributes: Record<string, string | number>, text = ''): Element {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.textContent = text
  return made
}
