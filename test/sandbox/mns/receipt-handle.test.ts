import { expect, test } from 'vitest'
import { formatHandle, parseHandle } from '../../../src/sandbox/mns/receipt-handle.ts'

const ID = '00112233445566778899AABBCCDDEEFF'

test.each([0, 1, 2 ** 32, 2 ** 48 - 1])('a handle holds its message and version %i', (version) => {
  expect(parseHandle(formatHandle(ID, version))).toEqual({ id: ID, version })
})

test('each version has its own handle', () => {
  expect(formatHandle(ID, 1)).not.toBe(formatHandle(ID, 2))
})

test('what is almost a handle is none', () => {
  const handle = formatHandle(ID, 1)
  const almost = [
    '',
    '8-',
    handle.slice(2),
    handle.slice(0, -1),
    `${handle}=`,
    ` ${handle}`,
    handle.replace('8-', '1-')
  ]
  const changed = [handle.replace('==', '=!'), `${handle.slice(0, 10)}!${handle.slice(10)}`]
  for (const text of [...almost, ...changed]) expect(parseHandle(text)).toBeUndefined()
})
