import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Fault } from '../../src/cloud/fault.ts'
import { DependencyWatch } from '../../src/pipeline/dependency-watch.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { UNAVAILABLE } from './naive-queue.ts'

const DENIED: Fault = { ...UNAVAILABLE, class: 'credentials', code: 'AccessDenied', status: 403 }
const MISSING: Fault = { ...UNAVAILABLE, class: 'missing', code: 'QueueNotExist', status: 404 }
const REJECTED: Fault = { ...UNAVAILABLE, class: 'rejected', code: 'InvalidArgument', status: 400 }

interface Line {
  readonly level: number
  readonly msg: string
  readonly queue?: string
  readonly fault?: string
  readonly advice?: string
}

let clock: ManualClock
let lines: Line[]
let watch: DependencyWatch

beforeEach(() => {
  clock = new ManualClock()
  lines = []
  watch = new DependencyWatch({
    work: 'delete from',
    place: { service: 'queue', name: 'ecs-cms-event', endpoint: 'http://test' },
    clock,
    log: pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  })
})

const INFO = 30
const WARN = 40
const ERROR = 50

describe('dependency watch', () => {
  test('tells the first fault of a row, a changed one, and the recovery, each once', () => {
    for (const fault of [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, DENIED, DENIED, undefined, undefined])
      watch.answered(fault)
    expect(lines.map(({ level, msg, fault = '' }) => [level, msg, fault.split(':')[0]])).toEqual([
      [WARN, 'queue in trouble', 'HTTP 500 InternalError'],
      [ERROR, 'queue in trouble', 'HTTP 403 AccessDenied'],
      [INFO, 'queue answers again', '']
    ])
    expect(lines[1]).toMatchObject({ queue: 'ecs-cms-event', cannot: 'delete from' })
    expect(lines[1]?.advice).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID')
  })

  test('tells the same fault again after a recovery', () => {
    for (const fault of [UNAVAILABLE, undefined, UNAVAILABLE]) watch.answered(fault)
    expect(lines.map(({ msg }) => msg)).toEqual(['queue in trouble', 'queue answers again', 'queue in trouble'])
  })

  test('says nothing of good answers', () => {
    watch.answered(undefined)
    expect(lines).toEqual([])
  })

  test.each([
    ['never worked, may pass', false, UNAVAILABLE, 20_000, 'unavailable'],
    ['never worked, needs an operator', false, DENIED, 3_000, 'denied'],
    ['never worked, does not exist', false, MISSING, 3_000, 'missing'],
    ['never worked, refused', false, REJECTED, 20_000, 'unavailable'],
    ['has worked, may pass', true, UNAVAILABLE, 300_000, 'unavailable'],
    ['has worked, needs an operator', true, DENIED, 300_000, 'denied']
  ])('%s: patience', async (_, proven, fault, patienceMs, code) => {
    await clock.advance(1_000_000)
    if (proven) watch.answered(undefined)
    expect(watch.answered(fault)).toBeUndefined()
    await clock.advance(patienceMs - 1)
    expect(watch.answered(fault)).toBeUndefined()
    await clock.advance(1)
    const failure = watch.answered(fault)
    expect(failure?.code).toBe(code)
    expect(failure?.message).toMatch(/^Cannot delete from the queue ecs-cms-event: HTTP \d+ \w+: .+\. [A-Z].+\.$/)
  })

  test('a good answer in between starts patience anew', async () => {
    watch.answered(UNAVAILABLE)
    await clock.advance(299_000)
    watch.answered(undefined)
    watch.answered(UNAVAILABLE)
    await clock.advance(299_000)
    expect(watch.answered(UNAVAILABLE)).toBeUndefined()
    await clock.advance(1_000)
    expect(watch.answered(UNAVAILABLE)).toBeDefined()
  })
})
