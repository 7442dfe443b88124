import type { FormatOptions, Language } from './format.ts'
import { type Word, wordIn } from './words.ts'

export type Theme = 'auto' | 'light' | 'dark'
export type Zone = 'local' | 'utc'

interface Settings {
  language: Language
  theme: Theme
  /** Seconds; 0: never. */
  refreshS: number
  /** Times as this machine's clock shows them, or in UTC. */
  zone: Zone
}

const KEY = 'ecs-audit'
const REFRESHES: readonly number[] = [0, 5, 15, 60, 300]

let ownRefreshS: number | undefined
const current: Settings = readSettings()
const listeners = new Set<() => void>()

/** What the reader has chosen; kept in this browser. */
export const settings: Readonly<Settings> = current

/** Changes some settings, keeps them, and tells everybody. */
export function changeSettings(changes: Partial<Settings>): void {
  Object.assign(current, changes)
  ownRefreshS = changes.refreshS ?? ownRefreshS
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...current, refreshS: ownRefreshS }))
  } catch {
    // A browser may keep nothing: then the choice lasts as long as the page.
  }
  applySettings()
  for (const listener of listeners) listener()
}

/** How often the page refreshes itself while the reader has not chosen, seconds. */
export function suggestRefresh(seconds: number): void {
  if (ownRefreshS === undefined && REFRESHES.includes(seconds)) current.refreshS = seconds
}

/** Calls `listener` after every change. */
export function onSettings(listener: () => void): void {
  listeners.add(listener)
}

/** Puts language and colours on the document; to be called again when the system's wish changes. */
export function applySettings(): void {
  document.documentElement.lang = current.language
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light'
}

/** A text of the page in the reader's language. */
export function word(name: Word): string {
  return wordIn(current.language, name)
}

/** How values are written. */
export function formatOptions(): FormatOptions {
  return { language: current.language, zone: isUtc() ? 'UTC' : undefined }
}

/** True for dark colours, by choice or by the system's wish. */
function isDark(): boolean {
  return current.theme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : current.theme === 'dark'
}

/** True when times are shown in UTC. */
export function isUtc(): boolean {
  return current.zone === 'utc'
}

/** The offset from UTC in which times are shown: `+08:00`. */
export function zoneOffset(): string {
  return isUtc() ? '+00:00' : localOffset()
}

/** This machine's offset from UTC now: `+08:00`. */
export function localOffset(): string {
  const minutes = -new Date().getTimezoneOffset()
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}

function readSettings(): Settings {
  const own = navigator.language.startsWith('zh') ? 'zh' : 'en'
  const read: Settings = { language: own, theme: 'auto', refreshS: 0, zone: 'local' }
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return read
    if ('language' in kept && (kept.language === 'en' || kept.language === 'zh')) read.language = kept.language
    if ('theme' in kept && (kept.theme === 'light' || kept.theme === 'dark')) read.theme = kept.theme
    if ('refreshS' in kept && REFRESHES.includes(Number(kept.refreshS))) {
      ownRefreshS = Number(kept.refreshS)
      read.refreshS = ownRefreshS
    }
    if ('zone' in kept && (kept.zone === 'local' || kept.zone === 'utc')) read.zone = kept.zone
  } catch {
    // What was kept is of no use.
  }
  return read
}
