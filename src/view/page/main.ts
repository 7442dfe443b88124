import type { ViewSetup } from '../answers.ts'
import { ApiError, fetchDashboard, fetchSetup } from './api.ts'
import { DashboardPage, type DashboardRoute } from './dashboard-page.ts'
import { fill, h } from './dom.ts'
import { formatTime } from './format.ts'
import { InstancePage } from './instance/instance-page.ts'
import { PageHeader } from './page-header.ts'
import { formatRoute, parseRoute, type Route } from './route.ts'
import { applySettings, formatOptions, onSettings, settings, suggestRefresh, word } from './settings.ts'
import { shortTitles } from './short-titles.ts'

/** The page: what the address says is shown; whatever the reader chooses goes into the address. */
class App {
  readonly #setup: ViewSetup
  readonly #main = h('main', { id: 'content', tabindex: -1 })
  #header: PageHeader | undefined
  #page: DashboardPage | InstancePage | undefined
  #opening = new AbortController()
  #timer = 0
  /** Of what is shown: without what can change while it stays. */
  #shown = ''

  constructor(setup: ViewSetup) {
    this.#setup = setup
  }

  start(): void {
    addEventListener('hashchange', () => void this.#open())
    addEventListener('keydown', (event) => this.#onKey(event))
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#recolour())
    onSettings(() => {
      this.#shown = ''
      void this.#open()
      this.#refreshLater()
    })
    document.addEventListener('visibilitychange', () => this.#refreshLater())
    void this.#open()
    this.#refreshLater()
  }

  async #open(): Promise<void> {
    const route = parseRoute(location.hash)
    const wanted = JSON.stringify(route)
    if (wanted === this.#shown) return
    const moved = this.#shown !== ''
    this.#shown = wanted
    this.#opening.abort()
    this.#opening = new AbortController()
    const { signal } = this.#opening
    this.#frame(route)
    const page = await this.#make(route, signal).catch((thrown: unknown) => note(thrown))
    if (signal.aborted) return
    this.#page?.close()
    this.#page = page instanceof HTMLElement ? undefined : page
    fill(this.#main, page instanceof HTMLElement ? page : page.element)
    // Who came by a link hears and sees where it led.
    if (moved) this.#main.querySelector('h1')?.focus()
    this.#refresh()
  }

  #frame(route: Route): void {
    const skip = h('a', { class: 'skip', href: '#content', text: word('skip') })
    skip.addEventListener('click', (event) => {
      event.preventDefault()
      this.#main.focus()
    })
    this.#header = new PageHeader({ setup: this.#setup, route, onRefresh: () => this.#refresh() })
    fill(document.body, skip, this.#header.element, this.#main)
    this.#header.showCurrent()
  }

  async #make(route: Route, signal: AbortSignal): Promise<DashboardPage | InstancePage | HTMLElement> {
    if (route.page === 'instance') {
      document.title = `${route.id} · ecs-audit`
      return new InstancePage(route.id)
    }
    const name = route.name || this.#setup.dashboards[0]?.name
    if (name === undefined) return h('p', { class: 'card note', text: word('noDashboards') })
    const dashboard = await fetchDashboard(name, settings.language, signal)
    const title = this.#titleOf(name) ?? dashboard.title
    document.title = `${title} · ecs-audit`
    return new DashboardPage({
      dashboard,
      title,
      route: { ...route, name },
      onRoute: (changed) => this.#remember(changed)
    })
  }

  #titleOf(name: string): string | undefined {
    const { dashboards } = this.#setup
    const titles = shortTitles(dashboards.map(({ title }) => title[settings.language]))
    return titles[dashboards.findIndex((dashboard) => dashboard.name === name)]
  }

  /** The page shows it already: only the address follows. */
  #remember(route: DashboardRoute): void {
    const hash = formatRoute(route)
    this.#shown = JSON.stringify(parseRoute(hash))
    history.pushState(null, '', hash)
  }

  #recolour(): void {
    applySettings()
    this.#page?.redraw()
  }

  #refresh(): void {
    this.#page?.refresh()
    this.#header?.showUpdated(formatTime(Date.now(), formatOptions()).slice(11))
  }

  /** A page that nobody looks at asks nothing. */
  #refreshLater(): void {
    clearTimeout(this.#timer)
    if (settings.refreshS === 0 || document.hidden) return
    this.#timer = window.setTimeout(() => {
      this.#refresh()
      this.#refreshLater()
    }, settings.refreshS * 1_000)
  }

  #onKey(event: KeyboardEvent): void {
    const typing = event.target instanceof Element && event.target.closest('input, select, textarea, [contenteditable]')
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    this.#header?.search.focus()
  }
}

function note(thrown: unknown): HTMLElement {
  const refused = thrown instanceof ApiError && thrown.status > 0
  const text = refused ? word('notFound') : word('serverGone')
  return h(
    'div',
    { class: 'card note', role: 'alert' },
    h('strong', { text }),
    h('p', { class: 'soft', text: refused ? thrown.message : word('serverGoneHint') })
  )
}

applySettings()
try {
  const setup = await fetchSetup()
  suggestRefresh(setup.refreshS)
  new App(setup).start()
} catch (thrown) {
  fill(document.body, note(thrown))
}
