import { describe, expect, test } from 'vitest'
import { decode } from '../../src/events/decode.ts'
import { eventRecord, undecodableRecord } from '../../src/logstore/record.ts'
import { stateChange } from '../support/events.ts'
import { base64 } from './load.ts'
import { Witness } from './witness.ts'

const QUEUE = 'events'
const BODY = base64(stateChange(1))
const GARBAGE = 'no JSON'

function fieldsOf({ fields }: { fields: readonly string[] }): Record<string, string> {
  return Object.fromEntries(fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? '']] : [])))
}

/** The record that a message should have. */
function recordOf(id: string, body: string): Record<string, string> {
  const decoded = decode(body, { messageId: id })
  const facts = { queue: QUEUE, messageId: id, dequeueCount: 1, receivedMs: 1 }
  return fieldsOf(
    decoded.kind === 'event' ? eventRecord(decoded.event, facts, 1) : undecodableRecord(decoded, facts, 1)
  )
}

class Scene {
  readonly witness: Witness

  constructor(demands = '') {
    this.witness = new Witness({ demands: () => demands })
  }

  send(id: string, body = BODY): this {
    this.witness.onSend({ id, body, queue: QUEUE })
    return this
  }

  store(...records: ReadonlyArray<Record<string, string>>): this {
    const logs = records.map((fields) => ({ time: 1, timeNs: undefined, topic: '', source: '', tags: {}, fields }))
    this.witness.onPut({ project: '', logstore: '', logs, signal: new AbortController().signal })
    return this
  }

  delete(id: string): this {
    this.witness.onDelete({ id, body: '', queue: QUEUE })
    return this
  }

  get problems(): readonly string[] {
    this.witness.conclude()
    return this.witness.problems
  }
}

describe('the witness', () => {
  test('lets what came too late be on the queue, but not be lost', () => {
    const scene = new Scene().send('A').send('B').send('C')
    scene.store(recordOf('A', BODY)).delete('A').delete('C')
    scene.witness.conclude(new Set(['B', 'C']))
    expect(scene.witness.problems).toEqual([
      'message C of events was deleted before its record was stored',
      expect.stringMatching(/^message C of events has no record/)
    ])
  })

  test('finds nothing wrong where a message is stored, then deleted; a second record is a duplicate', () => {
    const scene = new Scene().send('A').send('B', GARBAGE)
    scene.store(recordOf('A', BODY), recordOf('B', GARBAGE)).delete('A').delete('B').store(recordOf('A', BODY))
    expect(scene.problems).toEqual([])
    expect([scene.witness.open, scene.witness.duplicates]).toEqual([0, 1])
  })

  test('tells of a delete before the record', () => {
    expect(new Scene().send('A').delete('A').store(recordOf('A', BODY)).problems).toEqual([
      'message A of events was deleted before its record was stored'
    ])
  })

  test('tells of a delete before the decision', () => {
    const scene = new Scene('drain').send('A').store(recordOf('A', BODY)).delete('A')
    expect(scene.problems).toEqual(['message A of events was deleted before the action drain was decided'])
  })

  test('tells of what has no record, what was not deleted, and what nobody sent', () => {
    const scene = new Scene().send('A').send('B').store(recordOf('B', BODY), recordOf('C', BODY))
    expect(scene.problems).toEqual([
      'a record names message C, which was never sent',
      expect.stringContaining('message A of events has no record'),
      'message B of events was never deleted'
    ])
  })

  test.each([
    ['a changed field', { region_id: 'cn-beijing' }, 'region_id is cn-beijing, expected cn-hangzhou'],
    ['changed content', { content: '{}' }, 'content is {}'],
    ['another queue', { queue: 'other' }, 'queue other'],
    ['a body that does not come back', { kind: 'undecodable', content: 'x' }, 'its body comes back as "x"']
  ])('tells of %s', (_, change, fault) => {
    const scene = new Scene().send('A').store({ ...recordOf('A', BODY), ...change })
    expect(scene.problems[0]).toContain(`the record of message A is not what was sent: ${fault}`)
  })
})
