import { expect, test } from 'vitest'
import { onAbort } from '../../src/lib/on-abort.ts'

test('each callback is called once at the abort, but for those that were let go', () => {
  const told: string[] = []
  const controller = new AbortController()
  const letGo = ['a', 'b', 'c', 'd'].map((name) => onAbort(controller.signal, () => told.push(name)))
  letGo[1]?.()
  letGo[1]?.()
  controller.abort()
  controller.abort()
  letGo[0]?.()
  expect(told.sort()).toEqual(['a', 'c', 'd'])
})

test('a callback that lets others go, or adds one, disturbs nobody', () => {
  const told: string[] = []
  const controller = new AbortController()
  const first = onAbort(controller.signal, () => {
    first()
    onAbort(controller.signal, () => told.push('late'))
    told.push('first')
  })
  onAbort(controller.signal, () => told.push('second'))
  controller.abort()
  expect(told).toEqual(['first', 'second'])
})
