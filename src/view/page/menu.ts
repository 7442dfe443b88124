import { h } from './dom.ts'
import { word } from './settings.ts'

export interface MenuItem {
  readonly text: string
  readonly act: () => void
}

/** A button that opens a short list of things to do. Closes by Escape, a choice, or a click elsewhere. */
export function menu(label: string, items: () => readonly MenuItem[]): HTMLElement {
  const list = h('div', { class: 'menu-list', role: 'menu' })
  const summary = h('summary', { 'aria-label': `${word('more')}: ${label}`, text: '⋯' })
  const details = h('details', { class: 'menu' }, summary, list)
  details.addEventListener('toggle', () => {
    if (!details.open) return
    const entry = ({ text, act }: MenuItem): HTMLElement =>
      h('button', {
        ...{ type: 'button', role: 'menuitem', text },
        onclick: () => {
          details.open = false
          act()
        }
      })
    list.replaceChildren(...items().map(entry))
  })
  closeElsewhere(
    details,
    () => {
      const wasOpen = details.open
      details.open = false
      return wasOpen
    },
    summary
  )
  return details
}

/**
 * Closes something at Escape and when the focus or a click goes elsewhere.
 *
 * @param close says whether it was open
 * @param opener gets the focus back after Escape
 */
export function closeElsewhere(root: HTMLElement, close: () => boolean, opener: HTMLElement): void {
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && close()) {
      event.stopPropagation()
      opener.focus()
    }
  })
  root.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !root.contains(relatedTarget)) close()
  })
  const outside = (event: PointerEvent): void => {
    if (!root.isConnected) document.removeEventListener('pointerdown', outside)
    else if (event.target instanceof Node && !root.contains(event.target)) close()
  }
  document.addEventListener('pointerdown', outside)
}
