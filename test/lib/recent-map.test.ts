import { expect, test } from 'vitest'
import { RecentMap } from '../../src/lib/recent-map.ts'

test('keeps the newest entries, never more than the bound, most of it when it was reached', () => {
  const map = new RecentMap<number>(80)
  for (let n = 0; n < 1_000; n += 1) {
    map.set(`k${n}`, n)
    expect(map.size).toBeLessThanOrEqual(80)
    expect(map.size).toBeGreaterThanOrEqual(Math.min(n + 1, 70))
    expect([...map.values()]).toEqual(Array.from({ length: map.size }, (_, at) => n - map.size + 1 + at))
  }
})

test('an entry that is set again is the newest, and counts once', () => {
  const map = new RecentMap<string>(3)
  for (const key of ['a', 'b', 'a', 'c']) map.set(key, `${key}!`)
  expect([...map.values()]).toEqual(['b!', 'a!', 'c!'])
  map.set('d', 'd!')
  expect([map.has('b'), map.get('a'), map.has('d')]).toEqual([false, undefined, true])
})

test('drops the oldest for as long as they are unwanted', () => {
  const map = new RecentMap<number>(10)
  for (const value of [1, 2, 9, 3]) map.set(`k${value}`, value)
  map.dropOldest((value) => value < 5)
  expect([...map.values()]).toEqual([9, 3])
  expect(map.delete('k9')).toBe(true)
  map.clear()
  expect(map.size).toBe(0)
})
