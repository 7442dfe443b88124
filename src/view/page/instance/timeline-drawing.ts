import type { InstanceLife, InstanceRecord, StateSpan } from '../../answers.ts'
import { s, setVariables } from '../dom.ts'
import { formatDuration, formatTime } from '../format.ts'
import { stateVariable } from '../palette.ts'
import { formatOptions, isUtc, settings, word } from '../settings.ts'
import { timeTicks } from '../time-axis.ts'
import { actionIn, stateIn } from '../words.ts'
import { recordTitle, recordTone } from './describe-record.ts'
import { type Bar, type Domain, type Lane, lifeLanes, type Mark, marksOf } from './timeline-layout.ts'

export interface TimelineDrawing {
  readonly life: InstanceLife
  readonly domain: Domain
  /** Pixels of the whole drawing. */
  readonly width: number
  readonly onMark: (records: readonly InstanceRecord[]) => void
}

const LANE = 40
const STATE_LANE = 52
const AXIS = 28
const MARK_APART = 12
/** Half the width of the largest mark: one at the edge is not cut. */
const MARK = 10

/** How wide the names of the lanes are. */
export function labelWidth(width: number): number {
  return width < 600 ? 76 : 118
}

/** Draws a life: a lane of states, and one for everything else that happened, over one axis of time. */
export function drawTimeline({ life, domain, width, onMark }: TimelineDrawing): SVGSVGElement {
  const lanes = lifeLanes(life)
  const left = labelWidth(width)
  const scale = { domain, left, width: Math.max(50, width - left - 12) }
  let top = AXIS
  const drawn = lanes.map((lane) => {
    const height = lane.kind === 'state' ? STATE_LANE : LANE
    const group = s('g', { transform: `translate(0 ${top})` }, ...laneParts(lane, scale, height, onMark))
    top += height
    return group
  })
  const svg = s('svg', { class: 'timeline-svg', role: 'img', 'aria-label': summary(life), width, height: top + 8 })
  svg.append(clipPath(scale, top), ...axis(scale, top), ...drawn)
  return svg
}

interface Scale {
  readonly domain: Domain
  readonly left: number
  readonly width: number
}

function xOf({ domain, left, width }: Scale, ms: number): number {
  return left + ((ms - domain.fromMs) / (domain.toMs - domain.fromMs)) * width
}

function clipPath({ left, width }: Scale, height: number): SVGElement {
  return s(
    'clipPath',
    { id: 'lanes' },
    s('rect', { x: left - MARK, y: -AXIS, width: width + 2 * MARK, height: height + AXIS })
  )
}

function axis(scale: Scale, height: number): SVGElement[] {
  const { fromMs, toMs } = scale.domain
  return timeTicks(fromMs, toMs, { most: Math.max(2, Math.floor(scale.width / 90)), utc: isUtc() }).flatMap(
    ({ atMs, label }) => {
      const x = Math.round(xOf(scale, atMs)) + 0.5
      return [
        s('line', { class: 'tick', x1: x, x2: x, y1: AXIS - 6, y2: height }),
        s('text', { class: 'tick-label', ...labelPlace(x, scale), y: 14, text: label })
      ]
    }
  )
}

/** A label at the right edge ends there. */
function labelPlace(x: number, { left, width }: Scale) {
  const end = left + width
  return end - x < 28 ? { x: end + 10, 'text-anchor': 'end' } : { x, 'text-anchor': 'middle' }
}

function laneParts(lane: Lane, scale: Scale, height: number, onMark: TimelineDrawing['onMark']): SVGElement[] {
  const label = s('text', { class: 'lane-label', x: 0, y: height / 2 + 4, text: laneName(lane) })
  const line = s('line', {
    class: 'lane-line',
    x1: scale.left,
    x2: scale.left + scale.width,
    y1: height - 0.5,
    y2: height - 0.5
  })
  const content = s('g', { 'clip-path': 'url(#lanes)' })
  if (lane.kind === 'state') {
    content.append(...lane.spans.map((span) => stateBar(span, scale, height)))
  } else {
    const perPixel = (scale.domain.toMs - scale.domain.fromMs) / scale.width
    content.append(...lane.bars.map((bar) => runBar(bar, lane.kind, scale, height)))
    content.append(...marksOf(lane.records, perPixel * MARK_APART).map((mark) => drawMark(mark, scale, height, onMark)))
  }
  return [line, label, content]
}

function stateBar({ state, fromMs, toMs }: StateSpan, scale: Scale, height: number): SVGElement {
  const end = toMs ?? (state === 'Deleted' ? fromMs : scale.domain.toMs)
  const [x, right] = [
    Math.max(xOf(scale, fromMs), scale.left - 4),
    Math.min(xOf(scale, end), scale.left + scale.width + 4)
  ]
  const released = state === 'Deleted'
  const width = released ? 4 : Math.max(1.5, right - x)
  const name = stateIn(settings.language, state)
  const lasted = toMs === undefined ? '' : ` · ${formatDuration(toMs - fromMs)}`
  const title = s('title', { text: `${name}\n${formatTime(fromMs, formatOptions(), true)}${lasted}` })
  const group = s('g', { class: toMs === undefined && !released ? 'state open' : 'state' }, title)
  setVariables(group, { tone: `var(--${stateVariable(state)})` })
  group.append(s('rect', { x, y: 8, width, height: height - 18, rx: 3 }))
  const room = right - x
  const text = room > 90 && lasted !== '' ? `${name}${lasted}` : name
  if (!released && room > textWidth(text) + 12) {
    group.append(s('text', { x: x + 8, y: height / 2 + 3, text }))
  }
  return group
}

/** About, pixels: Chinese characters are twice as wide as others. */
function textWidth(text: string): number {
  return Array.from(text).reduce((width, character) => width + (character > '\u2e80' ? 13 : 7), 0)
}

function runBar({ fromMs, toMs, open }: Bar, kind: Lane['kind'], scale: Scale, height: number): SVGElement {
  const [x, right] = [xOf(scale, fromMs), xOf(scale, toMs)]
  const thick = kind === 'notice' ? 14 : 6
  return s('rect', {
    class: `run run-${kind}${open ? ' open' : ''}`,
    ...{ x, y: (height - thick) / 2, width: Math.max(1, right - x), height: thick, rx: thick / 2 }
  })
}

function drawMark(
  { atMs, records }: Mark,
  scale: Scale,
  height: number,
  onMark: TimelineDrawing['onMark']
): SVGElement {
  const [x, y] = [xOf(scale, atMs), height / 2]
  // The worst of them is seen first.
  const order = ['bad', 'warn', 'good', 'series-1', 'series-5', 'quiet']
  const tones = records.map(recordTone).sort((a, b) => order.indexOf(a) - order.indexOf(b))
  const lines = records
    .slice(0, 8)
    .map((record) => `${formatTime(record.atMs ?? 0, formatOptions(), true)}  ${recordTitle(record)}`)
  const more = records.length > 8 ? [`… ${records.length - 8}`] : []
  const group = s(
    'g',
    { class: 'mark', onclick: () => onMark(records) },
    s('title', { text: [...lines, ...more].join('\n') })
  )
  setVariables(group, { tone: `var(--${tones[0] ?? 'quiet'})` })
  const many = records.length > 1
  const hollow = !many && ['intent', 'would_do'].includes(records[0]?.decision ?? '')
  group.append(
    s('circle', { class: 'mark-hit', cx: x, cy: y, r: 12 }),
    s('circle', { class: hollow ? 'hollow' : undefined, cx: x, cy: y, r: many ? 9 : 6 }),
    ...(many ? [s('text', { x, y: y + 4, 'text-anchor': 'middle', text: String(records.length) })] : [])
  )
  return group
}

function laneName(lane: Lane): string {
  switch (lane.kind) {
    case 'state':
      return word('laneState')
    case 'notice':
      return word('laneNotice')
    case 'maintenance':
      return word('laneMaintenance')
    case 'other':
      return word('laneOther')
    case 'action':
      return actionIn(settings.language, lane.name)
    default: {
      const never: never = lane
      return never
    }
  }
}

function summary({ instanceId, states }: InstanceLife): string {
  const parts = states.map(({ state, fromMs, toMs }) => {
    const lasted = toMs === undefined ? '' : ` (${formatDuration(toMs - fromMs)})`
    return `${stateIn(settings.language, state)} ${formatTime(fromMs, formatOptions())}${lasted}`
  })
  return [`${word('timeline')} ${instanceId}`, ...parts.slice(0, 30)].join('; ')
}
