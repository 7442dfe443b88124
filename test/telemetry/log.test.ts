import { describe, expect, test } from 'vitest'
import { createLog, LOG_LEVELS, type LogLevel, silentLog } from '../../src/telemetry/log.ts'

/** What a log of this level writes when something is said on each. */
function lines(level: LogLevel, pretty: boolean): string[] {
  const written: string[] = []
  const log = createLog({ level, pretty, destination: { write: (line) => void written.push(line) } })
  log.debug('said')
  log.info({ queue: 'events' }, 'said')
  log.warn('said')
  log.error({ err: new TypeError('broken') }, 'said')
  return written
}

describe('createLog', () => {
  test('writes one JSON object a line: level by name, ISO time, no process data', () => {
    const [line = ''] = lines('info', false)
    expect(line).toMatch(/^\{.*\}\n$/)
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>
    expect(rest).toEqual({ level: 'info', queue: 'events', msg: 'said' })
    expect(new Date(String(time)).toISOString()).toBe(time)
  })

  test('says nothing below its level', () => {
    expect(LOG_LEVELS.map((level) => lines(level, false).length)).toEqual([4, 3, 2, 1, 0])
  })

  test('writes readable lines for a terminal', () => {
    const [line = ''] = lines('info', true)
    expect(line).toMatch(/^\[\d\d:\d\d:\d\d\] .*INFO.*said.*queue.*events/)
    expect(line.trim().split('\n')).toHaveLength(1)
  })

  test('keeps type, message and stack of an error that is a bug', () => {
    const { err } = JSON.parse(lines('error', false)[0] ?? '') as { err: Record<string, string> }
    expect(err).toMatchObject({ type: 'TypeError', message: 'broken' })
    expect(err['stack']).toContain('log.test.ts')
  })

  test('the silent one says nothing at all', () => {
    expect(silentLog).toMatchObject({ level: 'silent' })
  })
})
