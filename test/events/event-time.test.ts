import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEventTime } from '../../src/events/event-time.ts'

describe('event time', () => {
  test.each([
    ['20190409T121826.922+0800', '2019-04-09T04:18:26.922Z'],
    ['20190409T121826+0800', '2019-04-09T04:18:26.000Z'],
    ['20190409T121826.9+08:00', '2019-04-09T04:18:26.900Z'],
    ['20190409T041826.922Z', '2019-04-09T04:18:26.922Z'],
    ['20190101T000000.000+0800', '2018-12-31T16:00:00.000Z'],
    ['2019-04-09T04:18:26Z', '2019-04-09T04:18:26.000Z'],
    ['2019-04-09T04:18:26.123456789Z', '2019-04-09T04:18:26.123Z'],
    ['2019-04-09t04:18:26z', '2019-04-09T04:18:26.000Z'],
    ['2020-11-19T21:04:41+08:00', '2020-11-19T13:04:41.000Z'],
    ['2020-11-19T21:04:41-03:30', '2020-11-20T00:34:41.000Z'],
    ['2019-11-11T11:00Z', '2019-11-11T11:00:00.000Z'],
    ['2020-11-19T21:04:42.179PRC', '2020-11-19T13:04:42.179Z'],
    ['2020-08-17T16:04:46.149Asia/Shanghai', '2020-08-17T08:04:46.149Z'],
    [' 2019-04-09T04:18:26Z ', '2019-04-09T04:18:26.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['1534736160000', '2018-08-20T03:36:00.000Z'],
    [1534736160000, '2018-08-20T03:36:00.000Z']
  ])('%j is %s', (given, expected) => {
    expect(new Date(parseEventTime(given) ?? Number.NaN).toISOString()).toBe(expected)
  })

  test.each([
    '',
    'yesterday',
    '2019-04-09',
    '2019-04-09T04:18:26', // eight hours of doubt
    '20190409T121826.922',
    '2019-04-09T121826Z',
    '2019-13-01T00:00:00Z',
    '2019-00-01T00:00:00Z',
    '2019-04-31T00:00:00Z',
    '2019-04-00T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '20230230T000000.000+0800',
    '2019-04-09T24:00:00Z',
    '2019-04-09T23:60:00Z',
    '2019-04-09T23:59:60Z',
    '2019-04-09T04:18:26+15:00',
    '2019-04-09T04:18:26+08:60',
    '2019-04-09T04:18:26Europe/Berlin',
    '2019-04-09T04:18:26.Z',
    '0001-01-01T00:00:00Z',
    '２０１９-04-09T04:18:26Z',
    '2019-04-09T04:18:26Z'.padStart(100_000),
    '1534736160', // seconds
    '1534736160000000', // microseconds
    '-1534736160000',
    1534736160,
    1534736160000.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    null,
    undefined,
    true,
    {},
    ['2019-04-09T04:18:26Z'],
    new Date()
  ])('%.40j is no time', (given) => {
    expect(parseEventTime(given)).toBeUndefined()
  })

  test('every form of every time is read back', () => {
    const max = Date.UTC(9999, 11, 30)
    fc.assert(
      fc.property(fc.integer({ min: 86_400_000, max }), fc.integer({ min: -14 * 60, max: 14 * 60 }), (ms, minutes) => {
        const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1)
        const compact = local.replace(/[-:]/g, '')
        const [hours, rest] = [Math.abs(Math.trunc(minutes / 60)), Math.abs(minutes % 60)]
        const sign = minutes < 0 ? '-' : '+'
        const [hh, mm] = [String(hours).padStart(2, '0'), String(rest).padStart(2, '0')]
        for (const text of [`${local}${sign}${hh}:${mm}`, `${compact}${sign}${hh}${mm}`]) {
          expect(parseEventTime(text)).toBe(ms)
        }
        const shanghai = new Date(ms + 8 * 3_600_000).toISOString().slice(0, -1)
        expect(parseEventTime(`${shanghai}PRC`)).toBe(ms)
        expect(parseEventTime(`${shanghai}Asia/Shanghai`)).toBe(ms)
      }),
      { numRuns: 2_000 }
    )
  })

  test('any value at all is a time or none', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const ms = parseEventTime(value)
        expect(ms === undefined || Number.isInteger(ms)).toBe(true)
      }),
      { numRuns: 5_000 }
    )
  })
})

test('the form of nearly all events is read as RFC 3339 is, and nothing that is near it', () => {
  const compact = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => {
    return {
      ms: date.getTime(),
      text: `${new Date(date.getTime() + 28_800_000).toISOString().replace(/[-:Z]/g, '')}+0800`
    }
  })
  fc.assert(
    fc.property(compact, ({ ms, text }) => {
      expect(parseEventTime(text)).toBe(ms)
    })
  )
  fc.assert(
    fc.property(compact, fc.nat({ max: 23 }), fc.constantFrom('x', ' ', '/', ':', '9', '-'), ({ text }, at, other) => {
      const changed = text.slice(0, at) + other + text.slice(at + 1)
      const [, y, mo, d, h, mi, s, f, zone] =
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})([+-]\d{4})$/.exec(changed) ?? []
      const extended = y === undefined ? '' : `${y}-${mo}-${d}T${h}:${mi}:${s}.${f}${zone}`
      expect(parseEventTime(changed)).toBe(extended === '' ? undefined : parseEventTime(extended))
    })
  )
})
