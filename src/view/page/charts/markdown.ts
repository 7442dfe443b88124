import type { ChartRows } from '../../answers.ts'
import { h } from '../dom.ts'

/**
 * A text in Markdown (`markdownpro`): headings, lists, paragraphs, **strong**, *emphasis*, `code` and links. Nothing of
 * it becomes markup by itself: every piece is set as text. `${{field}}` is a value of the answer's first row.
 */
export function markdown(text: string, answer?: ChartRows): HTMLElement {
  const filled = text.replace(/\$\{\{(\w+)\}\}/g, (whole, name: string) => {
    const place = answer?.columns.findIndex((column) => column.name === name) ?? -1
    return place < 0 ? whole : (answer?.rows[0]?.[place] ?? '–')
  })
  const blocks = filled
    .split(/\n{2,}/)
    .map(block)
    .filter((made) => made !== undefined)
  return h('div', { class: 'markdown' }, ...blocks)
}

function block(text: string): HTMLElement | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return undefined
  const [, marks = '', heading = ''] = /^(#{1,6})\s+(.*)$/.exec(lines[0] ?? '') ?? []
  if (marks !== '') {
    const title = h(marks.length < 3 ? 'h3' : 'h4', {}, ...inline(heading))
    const rest = block(lines.slice(1).join('\n'))
    return rest === undefined ? title : h('div', {}, title, rest)
  }
  if (lines.every((line) => /^\s*[-*]\s/.test(line))) return list('ul', lines)
  if (lines.every((line) => /^\s*\d+\.\s/.test(line))) return list('ol', lines)
  return h('p', {}, ...inline(lines.join(' ')))
}

function list(name: 'ul' | 'ol', lines: readonly string[]): HTMLElement {
  return h(name, {}, ...lines.map((line) => h('li', {}, ...inline(line.replace(/^\s*(?:[-*]|\d+\.)\s+/, '')))))
}

const INLINE = /\*\*([^*]+)\*\*|\*([^*]+)\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g

function inline(text: string): Array<Node | string> {
  const pieces: Array<Node | string> = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    const [whole, strong, emphasis, code, label, address] = match
    pieces.push(text.slice(at, match.index))
    at = match.index + whole.length
    if (strong !== undefined) pieces.push(h('strong', { text: strong }))
    else if (emphasis !== undefined) pieces.push(h('em', { text: emphasis }))
    else if (code !== undefined) pieces.push(h('code', { text: code }))
    else pieces.push(link(label ?? '', address ?? ''))
  }
  pieces.push(text.slice(at))
  return pieces
}

/** Only links that a browser follows to a page: never a script. */
function link(label: string, address: string): Node | string {
  if (!/^(https?:\/\/|#)/.test(address)) return label
  return h('a', {
    href: address,
    rel: 'noreferrer',
    ...(address.startsWith('#') ? {} : { target: '_blank' }),
    text: label
  })
}
