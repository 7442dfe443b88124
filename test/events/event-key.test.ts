import { describe, expect, test } from 'vitest'
import { decode } from '../../src/events/decode.ts'
import { ENCODINGS } from './encodings.ts'
import { changed, SAMPLES, sample } from './samples.ts'

describe('event key', () => {
  test('every sample has its own, but for the event that stands there in two envelopes', () => {
    const keys = SAMPLES.map((json) => key(json))
    expect(new Set(keys).size).toBe(SAMPLES.length - 1)
    expect(key(sample(43))).toBe(key(sample(44)))
  })

  test('is short printable ASCII that names its origin', () => {
    for (const json of SAMPLES) expect(key(json)).toMatch(/^(?:cms|eb|msg)-[0-9a-f]{32}$/)
    expect(key('no event')).toMatch(/^raw-[0-9a-f]{32}$/)
  })

  test('does not change between releases: queries join on it', () => {
    expect(key(sample(4))).toBe('cms-aa193550af37a4c45f2b883d36985fd1')
    expect(key(sample(47))).toBe('eb-9e08bfa1d840d7f735475304f599903d')
    expect(key(sample(53), 'm52')).toBe('msg-a9b7ad95f7b9c30b8e4dd48b14927f8d')
  })

  test('with an id, the message and its encoding do not count', () => {
    for (const line of [4, 11, 16, 32, 43, 47, 54]) {
      const keys = Object.values(ENCODINGS).map((encode, index) => key(encode(sample(line)), `message-${index}`))
      expect(new Set(keys).size).toBe(1)
    }
  })

  test('without an id, the message counts and its encoding does not', () => {
    for (const line of [10, 13, 42, 45, 46, 53]) {
      const keys = Object.values(ENCODINGS).map((encode) => key(encode(sample(line))))
      expect(new Set(keys).size).toBe(1)
      expect(key(sample(line), 'message-2')).not.toBe(keys[0])
    }
  })

  test.each([
    ['id', { id: '57C143B6-C4D6-5A0A-BA97-69E69836FBCD' }],
    ['name', { name: 'Instance:Other' }],
    ['state', { content: { resourceId: 'i-abc', state: 'Stopped' } }],
    ['eventStatus', { content: { resourceId: 'i-abc', eventStatus: 'Avoided', state: 'Running' } }],
    ['action', { content: { resourceId: 'i-abc', action: 'delete' } }],
    ['time', { eventTime: '20250611T093021.735+0800' }]
  ])('another %s makes another event', (_, fields) => {
    expect(key(changed(4, fields))).not.toBe(key(sample(4)))
  })

  test('what a redelivery may change does not: spelling of the id and time, rule, status of the envelope', () => {
    const same = {
      id: '39551812-51fc-506a-a528-0f11fae75640',
      eventTime: '2025-06-11T01:30:21.734Z',
      ruleName: 'another rule',
      status: 'Normal',
      level: 'Info'
    }
    expect(key(changed(4, same))).toBe(key(sample(4)))
  })

  test('one event, flat and in the envelope of a subscription, has one key', () => {
    const { alert } = JSON.parse(sample(43))
    const { sysEventMeta } = alert.meta
    expect(key(JSON.stringify({ ...sysEventMeta, content: alert.eventContentMap }))).toBe(key(sample(43)))
  })

  test('EventBridge: source and id alone', () => {
    expect(key(changed(47, { time: undefined, data: {}, aliyunpublishtime: 'x' }))).toBe(key(sample(47)))
    expect(key(changed(47, { source: 'acs.oss' }))).not.toBe(key(sample(47)))
    expect(key(changed(47, { id: 'another' }))).not.toBe(key(sample(47)))
  })

  test('what cannot be decoded is told apart by message and body', () => {
    expect(key('no event')).toBe(key('no event'))
    expect(key('no event', 'message-2')).not.toBe(key('no event'))
    expect(key('no event!')).not.toBe(key('no event'))
  })
})

function key(body: string, messageId = 'message-1'): string {
  const decoded = decode(body, { messageId })
  return decoded.kind === 'event' ? decoded.event.eventKey : decoded.eventKey
}
