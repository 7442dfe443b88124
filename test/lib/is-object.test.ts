import { expect, test } from 'vitest'
import { isObject } from '../../src/lib/is-object.ts'

test.each([[{}], [{ a: 1 }], [JSON.parse('{"__proto__":1}')]])('%j is an object', (value) => {
  expect(isObject(value)).toBe(true)
})

test.each([[null], [undefined], [[]], [['a']], ['a'], [1], [true]])('%j is none', (value) => {
  expect(isObject(value)).toBe(false)
})
