import { fill, h } from './dom.ts'
import { word } from './settings.ts'
import type { Failure, Tile } from './tile.ts'

/**
 * Tells once what many charts would tell each: that the logstore can't be asked, or that it holds nothing of this time.
 * The charts' own notes are short then.
 */
export class TroubleNote {
  readonly element = h('div', { class: 'trouble', hidden: true })
  readonly #retry: () => void

  /** @param retry asks for all charts again */
  constructor(retry: () => void) {
    this.#retry = retry
  }

  /** Looks at how the charts that were asked for have ended. */
  update(tiles: readonly Tile[]): void {
    const shared = sharedFailure(tiles.flatMap(({ failure }) => failure ?? []))
    for (const tile of tiles) tile.failsLike(shared)
    if (shared !== undefined) this.#tellFailure(shared)
    else if (isEmpty(tiles)) this.#tell('status', word('nothingTitle'), word('nothingHint'))
    else this.element.hidden = true
  }

  #tellFailure({ message, advice }: Failure): void {
    this.#tell('alert', word('troubleTitle'), message, advice)
  }

  #tell(role: 'alert' | 'status', title: string, ...lines: readonly string[]): void {
    const told = [role, title, ...lines].join('\n')
    this.element.hidden = false
    // Whoever hears the page hears each trouble once.
    if (this.element.dataset['told'] === told) return
    this.element.dataset['told'] = told
    this.element.className = `trouble trouble-${role}`
    this.element.setAttribute('role', role)
    const onclick = (): void => this.#retry()
    fill(
      this.element,
      h('strong', { text: title }),
      ...lines.filter((line) => line !== '').map((text) => h('p', { text })),
      role === 'alert' && h('button', { type: 'button', class: 'quiet-button', text: word('retry'), onclick })
    )
  }
}

/** What two charts or more say in one and the same way: the one that most say. Messages differ by the id of a request. */
function sharedFailure(failures: readonly Failure[]): Failure | undefined {
  const byAdvice = new Map<string, Failure[]>()
  for (const failure of failures) byAdvice.set(failure.advice, [...(byAdvice.get(failure.advice) ?? []), failure])
  const [most] = [...byAdvice.values()].sort((a, b) => b.length - a.length)
  return most !== undefined && most.length > 1 && most[0]?.advice !== '' ? most[0] : undefined
}

/** A figure alone says 0 where everything else says that there is nothing. */
function isEmpty(tiles: readonly Tile[]): boolean {
  const rest = tiles.filter(({ chart }) => chart.spec.kind !== 'stat')
  return rest.length > 1 && rest.every(({ state }) => state === 'empty')
}
