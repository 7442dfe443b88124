import { describe, expect, test } from 'vitest'
import { isLoopback } from '../../src/lib/loopback.ts'

describe('isLoopback', () => {
  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.255.255.254', '::1', '[::1]'])('%s never leaves', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  test.each([
    '',
    '127.0.0.1.evil.com',
    '127.evil.com',
    'localhost.evil.com',
    'evil.com.localhost',
    'notlocalhost',
    'localhost.',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '127.1',
    '127.0.0.256',
    '127.0.0.1:80',
    '127.0.0.1@evil.com',
    '128.0.0.1',
    '10.0.0.1',
    '0.0.0.0',
    '::',
    '[::2]',
    '::ffff:127.0.0.1',
    'fe80::1'
  ])('%s may leave', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})
