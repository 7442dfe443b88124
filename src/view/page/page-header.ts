import type { ViewSetup } from '../answers.ts'
import { h } from './dom.ts'
import type { Language } from './format.ts'
import { formatRoute, type Route } from './route.ts'
import { SearchBox } from './search-box.ts'
import { changeSettings, localOffset, settings, type Theme, word } from './settings.ts'
import { shortTitles } from './short-titles.ts'

export interface PageHeaderOptions {
  readonly setup: ViewSetup
  readonly route: Route
  readonly onRefresh: () => void
}

const REFRESHES_S = [0, 5, 15, 60, 300]

/** The top of the page: the dashboards, the search for an instance, refreshing, time zone, language and colours. */
export class PageHeader {
  readonly element: HTMLElement
  readonly search = new SearchBox()
  readonly #updated = h('span', { class: 'soft updated', role: 'status' })

  constructor({ setup, route, onRefresh }: PageHeaderOptions) {
    const brand = h(
      'a',
      { class: 'brand', href: '#/' },
      h('img', { src: '/page/icon.svg', alt: '', width: 24, height: 24 }),
      h('span', { text: word('product') }),
      h('span', { class: 'soft where', text: setup.logstore })
    )
    const refresh = h('button', {
      type: 'button',
      class: 'quiet-button',
      'aria-label': word('refresh'),
      title: word('refresh'),
      text: '⟳',
      onclick: onRefresh
    })
    this.element = h(
      'header',
      { class: 'top' },
      h(
        'div',
        { class: 'top-row' },
        brand,
        this.search.element,
        h('span', { class: 'grow' }),
        this.#updated,
        refresh,
        refreshSelect()
      ),
      h(
        'div',
        { class: 'top-row' },
        navigation(setup, route),
        h('span', { class: 'grow' }),
        h('div', { class: 'looks' }, zoneSelect(), languageSelect(), themeSelect())
      )
    )
  }

  /** On a narrow screen the dashboards' names are wider than it: the current one comes into view. */
  showCurrent(): void {
    const current = this.element.querySelector<HTMLElement>('nav [aria-current]')
    const row = current?.parentElement
    if (current && row) row.scrollLeft = current.offsetLeft - row.offsetLeft - 12
  }

  /** Tells when the page was last brought up to date. */
  showUpdated(time: string): void {
    this.#updated.textContent = `${word('updated')} ${time}`
  }
}

function navigation({ dashboards }: ViewSetup, route: Route): HTMLElement {
  const current = route.page === 'dashboard' ? route.name || dashboards[0]?.name : undefined
  const range = route.page === 'dashboard' ? route.range : { kind: 'default' as const }
  const titles = shortTitles(dashboards.map(({ title }) => title[settings.language]))
  const links = dashboards.map(({ name }, place) => {
    const href = formatRoute({ page: 'dashboard', name, range, filters: {}, tokens: {} })
    return h('a', { href, 'aria-current': name === current ? 'page' : undefined, text: titles[place] })
  })
  return h('nav', { 'aria-label': word('dashboards') }, ...links)
}

function refreshSelect(): HTMLElement {
  const options = REFRESHES_S.map((seconds) => {
    const every = seconds < 60 ? `${seconds} s` : `${seconds / 60} min`
    const text = seconds === 0 ? word('refreshOff') : `${word('refresh')}: ${every}`
    return h('option', { value: seconds, selected: seconds === settings.refreshS, text })
  })
  const select = h(
    'select',
    {
      'aria-label': word('refreshEvery'),
      'data-part': 'refresh',
      onchange: () => changeSettings({ refreshS: Number(select.value) })
    },
    ...options
  )
  return select
}

/** Every time on the page is in this zone. */
function zoneSelect(): HTMLElement {
  const local = `UTC${localOffset()} (${word('zoneLocal')})`
  const select = h(
    'select',
    {
      'aria-label': word('zone'),
      'data-part': 'zone',
      onchange: () => changeSettings({ zone: select.value === 'utc' ? 'utc' : 'local' })
    },
    h('option', { value: 'local', selected: settings.zone === 'local', text: local }),
    h('option', { value: 'utc', selected: settings.zone === 'utc', text: 'UTC' })
  )
  return select
}

function languageSelect(): HTMLElement {
  const languages: ReadonlyArray<readonly [Language, string]> = [
    ['en', 'English'],
    ['zh', '中文']
  ]
  const select = h(
    'select',
    {
      'aria-label': `${word('language')} / Language / 语言`,
      'data-part': 'language',
      onchange: () => changeSettings({ language: select.value === 'zh' ? 'zh' : 'en' })
    },
    ...languages.map(([value, text]) =>
      h('option', { value, lang: value, selected: value === settings.language, text })
    )
  )
  return select
}

function themeSelect(): HTMLElement {
  const themes: ReadonlyArray<readonly [Theme, string]> = [
    ['auto', word('themeAuto')],
    ['light', word('themeLight')],
    ['dark', word('themeDark')]
  ]
  const chosen = (): Theme => themes.find(([theme]) => theme === select.value)?.[0] ?? 'auto'
  const select = h(
    'select',
    { 'aria-label': word('theme'), 'data-part': 'theme', onchange: () => changeSettings({ theme: chosen() }) },
    ...themes.map(([value, text]) => h('option', { value, selected: value === settings.theme, text }))
  )
  return select
}
