/** What the browser tells a screen reader of a page: its accessibility tree, that of its frames included, a line for each thing. */
import type { CDPSession, Page } from 'playwright-core'

type Value = { value?: unknown }
type Node = {
  nodeId: string
  ignored: boolean
  role?: Value
  name?: Value
  description?: Value
  value?: Value
  properties?: { name: string; value: Value }[]
  childIds?: string[]
  backendDOMNodeId?: number
}

/** Said of a thing only where it is so. */
const told = ['level', 'invalid', 'required', 'readonly', 'disabled', 'busy', 'expanded', 'live', 'focused', 'hidden']
const plain: unknown[] = [undefined, false, 'false', 'off']
/** Boxes without a meaning of their own. */
const silent = new Set(['none', 'generic', 'paragraph', 'RootWebArea', 'LabelText', 'InlineTextBox', 'ListMarker'])

/** The tree below the first element that `selector` names in the page, and all of what the frames in it hold. */
export async function hear(page: Page, selector: string): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const lines = [...(await treeOf(session, selector))]
  // A frame that is out of sight is not heard either.
  if (!lines.some((one) => one.trim().startsWith('iframe'))) return lines.join('\n')
  const { frameTree } = await session.send('Page.getFrameTree')
  for (const { frame } of frameTree.childFrames ?? []) {
    if (!frame.url.startsWith('http')) continue
    const { nodes } = await session.send('Accessibility.getFullAXTree', { frameId: frame.id })
    lines.push('  in the frame:', ...print(nodes as Node[], nodes[0]?.nodeId, 2))
  }
  return lines.join('\n')
}

async function treeOf(session: CDPSession, selector: string): Promise<string[]> {
  const { root } = await session.send('DOM.getDocument')
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector })
  const { node } = await session.send('DOM.describeNode', { nodeId })
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  return print(nodes as Node[], (nodes as Node[]).find((one) => one.backendDOMNodeId === node.backendNodeId)?.nodeId, 0)
}

function print(nodes: Node[], from: string | undefined, depth: number): string[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const walk = (id: string, deep: number, around: string): string[] => {
    const node = byId.get(id)
    if (!node) return []
    const role = wordOf(node.role)
    const name = wordOf(node.name)
    // Text that only repeats the name of what it stands in is not heard twice.
    const isSaid = !node.ignored && !silent.has(role) && !(role === 'StaticText' && (name === around || !name.trim()))
    // A region's name is on its border, and may well be said inside it.
    const inside = role === 'region' ? '' : name
    const children = (node.childIds ?? []).flatMap((child) =>
      walk(child, isSaid ? deep + 1 : deep, isSaid ? inside : around),
    )
    return isSaid ? ['  '.repeat(deep) + line(node, role, name), ...children] : children
  }
  return from === undefined ? [] : walk(from, depth, '')
}

function line({ description, value, properties = [] }: Node, role: string, name: string): string {
  const states = told.flatMap((known) => {
    const found = properties.find((one) => one.name === known)?.value.value
    return plain.includes(found)
      ? []
      : [found === true || found === 'true' || known === 'busy' ? known : `${known} ${wordOf({ value: found })}`]
  })
  const [text, entered] = [wordOf(description), wordOf(value)]
  return [
    role === 'StaticText' ? 'text' : role.toLowerCase(),
    name && `“${name}”`,
    entered && `= ${entered}`,
    text && `(${text})`,
    states.length > 0 && `[${states.join(', ')}]`,
  ]
    .filter(Boolean)
    .join(' ')
}

const wordOf = (of?: Value): string =>
  typeof of?.value === 'string' || typeof of?.value === 'number' ? String(of.value) : ''
