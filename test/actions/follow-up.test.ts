import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFollowUp, encodeFollowUp, type FollowUp } from '../../src/actions/follow-up.ts'
import { decode } from '../../src/events/decode.ts'
import { stateChange } from '../support/events.ts'

const FOLLOW_UP: FollowUp = {
  action: 'restart',
  causedBy: 'k-1',
  instanceId: 'i-1',
  regionId: 'cn-hangzhou',
  accountId: '11',
  sentMs: 1_700_000_000_000,
  state: { attempt: 2, groups: [{ id: 'rsp-1', ports: [80, 443] }], note: 'é "quoted" \\ \n' }
}

describe('follow-ups', () => {
  test('come back as they were sent', () => {
    expect(decodeFollowUp(encodeFollowUp(FOLLOW_UP))).toEqual(FOLLOW_UP)
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string({ minLength: 1, maxLength: 64 }),
        (given, key) => {
          // What JSON cannot tell apart (-0) is told alike.
          const state = JSON.parse(JSON.stringify(given)) as Record<string, unknown>
          const followUp = { ...FOLLOW_UP, causedBy: key, state }
          expect(decodeFollowUp(encodeFollowUp(followUp))).toEqual(followUp)
        }
      )
    )
  })

  test.each([
    ['an event', stateChange(1, { state: 'Stopped' })],
    ['nothing', ''],
    ['a cut one', encodeFollowUp(FOLLOW_UP).slice(0, -1)],
    ['one without an action', encodeFollowUp({ ...FOLLOW_UP, action: '' })],
    ['one with an endless key', encodeFollowUp({ ...FOLLOW_UP, causedBy: 'k'.repeat(3_000) })],
    ['one of another version', encodeFollowUp(FOLLOW_UP).replace('"version":1', '"version":2')],
    ['one whose state is no object', encodeFollowUp(FOLLOW_UP).replace(/"state":.*$/, '"state":[1]}')],
    ['one with a text for a time', encodeFollowUp(FOLLOW_UP).replace('1700000000000', '"now"')]
  ])('%s is none', (_, body) => {
    expect(decodeFollowUp(body)).toBeUndefined()
  })

  test('a broken one is kept as undecodable, like every message that is not understood', () => {
    const broken = encodeFollowUp({ ...FOLLOW_UP, action: '' })
    expect(decode(broken, { messageId: 'm-1' })).toMatchObject({ kind: 'undecodable', raw: broken })
  })
})
