import type { InstanceLife, InstanceRecord } from '../../answers.ts'
import { fill, h, setVariables } from '../dom.ts'
import { word } from '../settings.ts'
import { drawTimeline, labelWidth } from './timeline-drawing.ts'
import { boundedDomain, type Domain, endOfLife, wholeLife } from './timeline-layout.ts'

/** A life over time, that can be zoomed and moved by buttons, keys and dragging. */
export class Timeline {
  readonly element: HTMLElement
  readonly #life: InstanceLife
  readonly #whole: Domain
  readonly #onMark: (records: readonly InstanceRecord[]) => void
  readonly #stage = h('div', { class: 'timeline-stage' })
  readonly #brush = h('div', { class: 'brush', hidden: true })
  readonly #resize = new ResizeObserver(() => this.#draw())
  #domain: Domain

  /** @param shown the part that was shown before, if not all of it */
  constructor(life: InstanceLife, onMark: (records: readonly InstanceRecord[]) => void, shown?: Domain) {
    this.#life = life
    this.#onMark = onMark
    this.#whole = wholeLife(life)
    this.#domain = shown === undefined ? this.#whole : boundedDomain(shown, this.#whole)
    const hint = word('timelineHint')
    const area = h(
      'div',
      {
        ...{ class: 'timeline-area', tabindex: 0, role: 'group', 'aria-label': `${word('timeline')}. ${hint}` },
        onkeydown: (event) => this.#onKey(event as KeyboardEvent),
        onpointerdown: (event) => this.#onPointer(event as PointerEvent)
      },
      this.#stage,
      this.#brush
    )
    this.element = h('div', { class: 'timeline' }, this.#buttons(), area, h('p', { class: 'soft hint', text: hint }))
    this.#resize.observe(this.#stage)
  }

  /** The part that is shown; undefined for the whole life. */
  get shown(): Domain | undefined {
    return this.#domain === this.#whole ? undefined : this.#domain
  }

  /** Shows a moment, with what happened around it. */
  focusOn(atMs: number): void {
    const span = Math.min(this.#domain.toMs - this.#domain.fromMs, 120_000)
    this.#show({ fromMs: atMs - span / 2, toMs: atMs + span / 2 })
  }

  redraw(): void {
    this.#draw()
  }

  close(): void {
    this.#resize.disconnect()
  }

  #buttons(): HTMLElement {
    const button = (text: string, label: string, act: () => void): HTMLElement =>
      h('button', { type: 'button', class: 'quiet-button', 'aria-label': label, title: label, text, onclick: act })
    return h(
      'div',
      { class: 'timeline-tools' },
      button(word('whole'), word('whole'), () => this.#show(this.#whole)),
      button(word('theEnd'), word('theEnd'), () => this.#show(endOfLife(this.#life))),
      h('span', { class: 'grow' }),
      button('←', word('earlier'), () => this.#move(-0.25)),
      button('→', word('later'), () => this.#move(0.25)),
      button('−', word('zoomOut'), () => this.#zoom(2)),
      button('+', word('zoomIn'), () => this.#zoom(0.5))
    )
  }

  #show(domain: Domain): void {
    this.#domain = domain === this.#whole ? domain : boundedDomain(domain, this.#whole)
    this.#draw()
  }

  #zoom(factor: number, middle = (this.#domain.fromMs + this.#domain.toMs) / 2): void {
    const { fromMs, toMs } = this.#domain
    this.#show({ fromMs: middle - (middle - fromMs) * factor, toMs: middle + (toMs - middle) * factor })
  }

  #move(share: number): void {
    const by = (this.#domain.toMs - this.#domain.fromMs) * share
    this.#show({ fromMs: this.#domain.fromMs + by, toMs: this.#domain.toMs + by })
  }

  #onKey(event: KeyboardEvent): void {
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#move(-0.25),
      ArrowRight: () => this.#move(0.25),
      '+': () => this.#zoom(0.5),
      '=': () => this.#zoom(0.5),
      '-': () => this.#zoom(2),
      '0': () => this.#show(this.#whole)
    }
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }

  /** Dragging chooses a part; a click does nothing here. */
  #onPointer(down: PointerEvent): void {
    if (down.button !== 0 || !(down.currentTarget instanceof HTMLElement)) return
    const area = down.currentTarget
    const { left, width } = this.#stage.getBoundingClientRect()
    const [begin, end] = [labelWidth(width), width - 12]
    const place = (event: PointerEvent): number => Math.min(Math.max(event.clientX - left, begin), end)
    const start = place(down)
    if (down.clientX - left < begin) return
    const move = (event: PointerEvent): void => {
      const at = place(event)
      this.#brush.hidden = Math.abs(at - start) < 5
      setVariables(this.#brush, { from: `${Math.min(start, at)}px`, size: `${Math.abs(at - start)}px` })
    }
    const up = (event: PointerEvent): void => {
      area.removeEventListener('pointermove', move)
      const [from, to] = [start, place(event)].sort((a, b) => a - b) as [number, number]
      this.#brush.hidden = true
      if (event.type === 'pointerup' && to - from >= 5)
        this.#show({ fromMs: this.#momentAt(from, begin, end), toMs: this.#momentAt(to, begin, end) })
    }
    area.addEventListener('pointermove', move)
    for (const type of ['pointerup', 'pointercancel', 'pointerleave'] as const)
      area.addEventListener(type, up, { once: true })
  }

  #momentAt(x: number, begin: number, end: number): number {
    const { fromMs, toMs } = this.#domain
    return fromMs + ((x - begin) / (end - begin)) * (toMs - fromMs)
  }

  #draw(): void {
    const width = Math.floor(this.#stage.clientWidth)
    if (width === 0) return
    fill(this.#stage, drawTimeline({ life: this.#life, domain: this.#domain, width, onMark: this.#onMark }))
  }
}
