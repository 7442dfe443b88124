import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instanceLife } from '../../src/view/instance-life.ts'
import type { RecordRow } from '../../src/view/instance-records.ts'

const ID = 'i-test'
const EMPTY = {
  ...{ event_key: '', at_ms: '', kind: 'event', event_name: 'Instance:StateChange', level: 'INFO', status: 'Normal' },
  ...{ region_id: 'cn-hangzhou', account_id: '11', instance_id: ID, state: '', interruption: '', content: '' },
  ...{ action: '', step: '', decision: '', reason: '', detail: '', target: '', caused_by: '' },
  ...{ attempt: '', duration_ms: '', deadline_margin_ms: '', lost_ms: '', lag_ms: '' }
} satisfies RecordRow

function row(atMs: number | '', changes: Partial<RecordRow>): RecordRow {
  return { ...EMPTY, event_key: `k-${atMs}-${Object.values(changes).join('-')}`, at_ms: String(atMs), ...changes }
}

function state(atMs: number, name: string): RecordRow {
  return row(atMs, { state: name })
}

function action(atMs: number, changes: Partial<RecordRow>): RecordRow {
  return row(atMs, { kind: 'action', event_name: '', caused_by: 'notice', ...changes })
}

const WHOLE = [
  state(1_000, 'Pending'),
  state(2_000, 'Starting'),
  state(5_000, 'Running'),
  row(50_000, { event_name: 'Instance:PreemptibleInstanceInterruption', interruption: 'delete' }),
  action(50_100, { action: 'drain', step: 'intent', decision: 'intent', reason: 'interrupted' }),
  action(52_000, {
    action: 'drain',
    step: 'drained',
    decision: 'done',
    reason: 'drained',
    deadline_margin_ms: '298000'
  }),
  state(90_000, 'Deleted')
]

describe('the life of an instance', () => {
  test('goes from creation to release, every state with its duration', () => {
    const life = instanceLife(ID, WHOLE)
    expect(life).toMatchObject({ createdMs: 1_000, releasedMs: 90_000, regionId: 'cn-hangzhou', accountId: '11' })
    expect(life.states).toEqual([
      { state: 'Pending', fromMs: 1_000, toMs: 2_000 },
      { state: 'Starting', fromMs: 2_000, toMs: 5_000 },
      { state: 'Running', fromMs: 5_000, toMs: 90_000 },
      { state: 'Deleted', fromMs: 90_000, toMs: undefined }
    ])
    expect(life.records.map(({ family, lastedMs }) => [family, lastedMs])).toEqual([
      ['state', 1_000],
      ['state', 3_000],
      ['state', 85_000],
      ['notice', undefined],
      ['action', undefined],
      ['action', undefined],
      ['state', undefined]
    ])
  })

  test('is the same in whatever order its records come', () => {
    const ordered = instanceLife(ID, WHOLE)
    fc.assert(
      fc.property(fc.shuffledSubarray(WHOLE, { minLength: WHOLE.length }), (shuffled) => {
        expect(instanceLife(ID, shuffled)).toEqual(ordered)
      })
    )
  })

  test('that began before the log has no creation; one that goes on has no release', () => {
    const life = instanceLife(ID, [state(5_000, 'Stopped'), state(9_000, 'Starting')])
    expect(life).toMatchObject({ createdMs: undefined, releasedMs: undefined })
    expect(life.states.at(-1)).toEqual({ state: 'Starting', fromMs: 9_000, toMs: undefined })
  })

  test('knows one state for two events that tell the same, and none after the release', () => {
    const told = [
      state(1, 'Created'),
      state(2, 'Running'),
      state(3, 'Running'),
      state(7, 'Deleted'),
      state(8, 'Stopped')
    ]
    expect(instanceLife(ID, told).states.map((span) => span.state)).toEqual(['Created', 'Running', 'Deleted'])
  })

  test('of one moment begins with the creation and ends with the release', () => {
    const told = [state(5, 'Deleted'), state(5, 'Running'), state(5, 'Created')]
    expect(instanceLife(ID, told).states.map((span) => span.state)).toEqual(['Created', 'Running', 'Deleted'])
  })

  test('keeps what tells no time, at its end', () => {
    const life = instanceLife(ID, [row('', { event_name: 'Instance:SurplusCreditIncurCharge' }), state(1, 'Running')])
    expect(life.records.map(({ atMs }) => atMs)).toEqual([1, undefined])
  })
})

describe('its records', () => {
  test('say what they mean: the event, and the reason of an action', () => {
    const records = instanceLife(ID, WHOLE).records
    expect(records[3]).toMatchObject({ family: 'notice', meaning: 'The preemptible instance is about to be reclaimed' })
    expect(records[5]).toMatchObject({
      name: 'drain',
      reasonMeaning: 'The instance is in no group any more.',
      marginMs: 298_000
    })
    expect(records[4]?.group).toBe(records[5]?.group)
  })

  test('of one maintenance belong together from its announcement to its end', () => {
    const name = 'Instance:SystemMaintenance.Reboot'
    const content = '{"eventId":"e-1"}'
    const [first, last] = instanceLife(ID, [
      row(1, { event_name: `${name}:Scheduled`, status: 'Scheduled', content }),
      row(2, { event_name: `${name}:Executed`, status: 'Executed', content })
    ]).records
    expect(first).toMatchObject({ family: 'maintenance', group: 'e-1', status: 'Scheduled' })
    expect(last?.group).toBe('e-1')
  })

  test('of another instance that name this one say whose they are', () => {
    const told = action(1, { action: 'replace', step: 'bought', decision: 'done', instance_id: 'i-old', target: ID })
    expect(instanceLife(ID, [told]).records[0]).toMatchObject({ ofInstance: 'i-old', target: ID })
  })

  test.each(['not json', '[]', 'null', '{"eventId":7}', ''])('take any content: %j', (content) => {
    const told = row(1, { event_name: 'Instance:SystemFailure.Reboot:Executing', content })
    expect(instanceLife(ID, [told]).records[0]).toMatchObject({ family: 'maintenance', group: '' })
  })
})
