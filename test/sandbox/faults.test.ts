import { describe, expect, test } from 'vitest'
import { checkFaults, FAULT_KINDS, Faults, parseFaults } from '../../src/sandbox/faults.ts'

describe('the text of a rule', () => {
  test('names service, operation, kind and numbers', () => {
    expect(parseFaults('mns.ReceiveMessage:slow@ms=20@rate=0.5@count=3@skip=1')).toEqual([
      {
        service: 'mns',
        operation: 'ReceiveMessage',
        kind: 'slow',
        code: '',
        status: 0,
        ms: 20,
        rate: 0.5,
        count: 3,
        skip: 1
      }
    ])
  })

  test('leaves out what has a default', () => {
    const [rule] = parseFaults('sls:reset-before')
    expect(rule).toMatchObject({ service: 'sls', operation: '*', kind: 'reset-before', rate: 1, skip: 0, ms: 0 })
    expect(rule?.count).toBe(Number.POSITIVE_INFINITY)
  })

  test('takes an error code where a kind stands', () => {
    expect(parseFaults('*.*:ServerBusy')).toMatchObject([
      { service: '*', operation: '*', kind: 'error', code: 'ServerBusy' }
    ])
  })

  test('names a product of the control plane, and codes of several steps', () => {
    expect(parseFaults('ecs.StartInstance:Throttling.User, slb:BackendServer.configuring@status=409')).toMatchObject([
      { service: 'ecs', operation: 'StartInstance', kind: 'error', code: 'Throttling.User', status: 0 },
      { service: 'slb', operation: '*', kind: 'error', code: 'BackendServer.configuring', status: 409 }
    ])
  })

  test('names ActionTrail', () => {
    expect(parseFaults('actiontrail.LookupEvents:html')).toMatchObject([
      { service: 'actiontrail', operation: 'LookupEvents', kind: 'html' }
    ])
  })

  test('is one of a list', () => {
    const kinds = FAULT_KINDS.map((kind) => parseFaults(` mns:${kind} , sls:${kind},`).map((rule) => rule.kind))
    expect(kinds).toEqual(FAULT_KINDS.map((kind) => [kind, kind]))
    expect(parseFaults(' ')).toEqual([])
  })

  test.each([
    ['oss:slow', 'expected SERVICE'],
    ['mns', 'expected SERVICE'],
    ['mns:slowly', 'neither an error code nor one of error, html'],
    ['mns:slow@often=1', 'expected one of status, ms, rate, count, skip; found "often"'],
    ['mns:slow@rate=1.5', 'rate is a number from 0 to 1; found "1.5"'],
    ['mns:slow@ms=1.2.3', 'ms is a number'],
    ['mns:slow@count=0', 'count is a whole number from 1'],
    ['mns:slow@skip=0.5', 'skip is a whole number'],
    ['mns:html@status=999', 'status is a whole number from 200 to 599']
  ])('%s is refused', (text, why) => {
    expect(() => parseFaults(text)).toThrow(`Cannot read fault "${text}"`)
    expect(() => parseFaults(text)).toThrow(why)
  })
})

describe('rules that could never strike', () => {
  const operations = { mns: ['SendMessage', 'DeleteMessage'], sls: ['PutLogs'] }

  test.each([
    ['mns.Nope:reset-before@rate=0.5', 'mns.Nope:reset-before": it would strike nothing; expected one of DeleteM'],
    ['*.Nope:slow', 'expected one of DeleteMessage, PutLogs, SendMessage.'],
    ['mns.SendMessage:lost-ack', 'mns.SendMessage:lost-ack": it would strike nothing; expected one of DeleteMessage.'],
    ['sls:lost-ack', 'expected no operation of sls that it could.'],
    ['ecs:slow', 'expected no operation of ecs that it could.']
  ])('%s is refused', (text, why) => {
    expect(() => checkFaults(parseFaults(text), operations)).toThrow(why)
  })

  test('those that could are taken', () => {
    const spec = 'mns.SendMessage:html, mns:lost-ack, *.PutLogs:ServerBusy, *:slow@ms=1'
    expect(() => checkFaults(parseFaults(spec), operations)).not.toThrow()
  })
})

describe('which requests are hit', () => {
  test('those of the service and operation, count times, after the skipped ones', () => {
    const faults = new Faults()
    faults.add({ service: 'mns', operation: 'SendMessage', kind: 'html', count: 2, skip: 1 })
    expect(faults.take('sls', 'SendMessage')).toBeUndefined()
    expect(faults.take('mns', 'PeekMessage')).toBeUndefined()
    const hits = Array.from({ length: 5 }, () => faults.take('mns', 'SendMessage')?.kind)
    expect(hits).toEqual([undefined, 'html', 'html', undefined, undefined])
    expect([...faults.hits]).toEqual([['mns.SendMessage:html', 2]])
  })

  test('by chance, at the given rate', () => {
    const draws = [0.1, 0.5, 0.49, 0.9]
    const faults = new Faults(() => draws.shift() ?? 1)
    faults.add({ kind: 'empty', rate: 0.5 })
    expect([1, 2, 3, 4].map(() => faults.take('sls', 'PutLogs') !== undefined)).toEqual([true, false, true, false])
  })

  test('the first rule that hits wins; switched off it hits no more', () => {
    const faults = new Faults()
    const off = faults.add({ kind: 'html' })
    faults.add({ kind: 'text' })
    expect(faults.take('mns', 'ListQueue')?.kind).toBe('html')
    off()
    expect(faults.take('mns', 'ListQueue')?.kind).toBe('text')
    faults.clear()
    expect(faults.take('mns', 'ListQueue')).toBeUndefined()
  })

  test('a lost or partial delete hits deletes only, a duplicate or early answer receives only, a partial answer queries only', () => {
    const queue = ['SendMessage', 'BatchReceiveMessage', 'BatchDeleteMessage', 'ChangeMessageVisibility']
    const operations = [...queue, 'PutLogs', 'GetLogsV2']
    const struck = (['duplicate', 'early-empty', 'lost-ack', 'partial-delete', 'incomplete'] as const).map((kind) => {
      const faults = new Faults()
      faults.add({ kind })
      return operations.filter((operation) => faults.take('mns', operation) !== undefined)
    })
    const [receives, deletes] = [['BatchReceiveMessage'], ['BatchDeleteMessage']]
    expect(struck).toEqual([receives, receives, deletes, deletes, ['GetLogsV2']])
  })

  test('whoever listens hears of each, until it listens no more', () => {
    const faults = new Faults()
    const heard: string[] = []
    const off = faults.onHit(({ service, operation, rule }) => heard.push(`${service}.${operation}:${rule.kind}`))
    faults.add({ service: 'sls', kind: 'html' })
    faults.take('mns', 'SendMessage')
    faults.take('sls', 'PutLogs')
    off()
    faults.take('sls', 'PutLogs')
    expect(heard).toEqual(['sls.PutLogs:html'])
  })
})
