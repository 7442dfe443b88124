import { describe, expect, test } from 'vitest'
import { changed, decodedEvent, sample, undecodable } from './samples.ts'

describe('fields', () => {
  const stateChange = (fields: Record<string, unknown>) => decodedEvent(changed(4, fields))

  test('content may be a JSON text', () => {
    const { content } = JSON.parse(sample(4))
    expect(stateChange({ content: JSON.stringify(content, null, 1) })).toEqual(stateChange({}))
  })

  test('blanks around the colons of a name are dropped', () => {
    expect(stateChange({ name: ' Instance: StateChange ' })).toMatchObject({
      name: 'Instance:StateChange',
      state: 'Running'
    })
  })

  test('ECS may be spelled ecs, levels may be spelled Info', () => {
    expect(stateChange({ product: 'ecs', level: 'Info' })).toMatchObject({ product: 'ECS', level: 'INFO' })
  })

  test('an account id that a JSON number cannot hold keeps all its digits', () => {
    const body = sample(4).replace('"1100220033004400"', '1100220033004400123')
    expect(decodedEvent(body).accountId).toBe('1100220033004400123')
    const content = sample(4).replace('"state"', '"owner": 1100220033004400123, "ratio": 0.12345678901234567, "state"')
    expect(decodedEvent(content).content).toContain('"owner":"1100220033004400123","ratio":0.12345678901234566,')
    expect(decodedEvent(sample(4).replace('"1100220033004400"', '1100220033004400')).accountId).toBe('1100220033004400')
  })

  test('digits inside a text are left alone', () => {
    const content = { state: 'Running', instanceName: 'a: 1100220033004400123, "b": [1100220033004400123]' }
    expect(JSON.parse(stateChange({ content }).content)).toEqual(content)
  })

  test('an unknown action is an interruption all the same, and so is none', () => {
    const notice = (action: unknown) =>
      decodedEvent(changed(11, { content: { instanceId: 'i-abc', action } })).interruption
    expect(notice('stop')).toBe('stop')
    expect(notice(undefined)).toBe('unknown')
    expect(notice({})).toBe('unknown')
  })

  test('another product is recorded, but has neither state nor interruption nor foreign instance ids', () => {
    const content = { instanceId: 'rm-abc', resourceId: 'i-abc', state: 'Stopped', action: 'delete' }
    for (const name of ['Instance:StateChange', 'Instance:PreemptibleInstanceInterruption']) {
      const event = decodedEvent(
        changed(4, { product: 'RDS', resourceId: 'acs:rds:x:1:instance/rm-abc', name, content })
      )
      expect(event).toMatchObject({ product: 'RDS', name, instanceId: '', state: '', interruption: '', test: false })
    }
  })

  test('the status of an oss event is not its third part', () => {
    const event = decodedEvent(changed(47, { source: 'acs.oss', type: 'oss:ObjectCreated:PutObject', data: '{}' }))
    expect(event).toMatchObject({ product: 'OSS', name: 'oss:ObjectCreated:PutObject', status: '' })
  })

  test.each([
    ['Image:StateChange', 'ALIYUN::ECS::Image', 'm-abc'],
    ['Disk:StateChange', 'ALIYUN::ECS::Disk', 'd-abc'],
    ['Tomorrow:StateChange', 'ALIYUN::ECS::Instance', 'i-abc']
  ])('%s is not an instance', (name, resourceType, resourceId) => {
    const body = changed(41, { name, content: { resourceId, resourceType, state: 'Available' } })
    expect(decodedEvent(body)).toMatchObject({ name, instanceId: '', state: '', test: false })
  })

  test('without content the ARN of an instance names it, that of anything else does not', () => {
    const arn = (tail: string) => stateChange({ content: {}, resourceId: `acs:ecs:cn-hangzhou:1:${tail}` }).instanceId
    expect(arn('instance/i-abc')).toBe('i-abc')
    expect(arn('eni/i-abc')).toBe('')
    expect(arn('instance/AY14abc')).toBe('')
    expect(arn('instance/i-abc/disk')).toBe('')
  })

  test('texts are cut to 1,024 characters, never inside a surrogate pair; content is kept', () => {
    const long = `${'x'.repeat(1_023)}${'😀'.repeat(5_000)}`
    const event = stateChange({ id: long, regionId: long, content: { state: long } })
    expect([event.eventId, event.regionId, event.state]).toEqual(Array(3).fill('x'.repeat(1_023)))
    expect(JSON.parse(event.content).state).toBe(long)
  })

  test('fields of the wrong type are absent', () => {
    const event = stateChange({ id: {}, level: ['INFO'], eventTime: true, regionId: null, resourceId: 5, content: [1] })
    expect(event).toMatchObject({ eventId: '', level: '', timeMs: undefined, regionId: '', instanceId: '', state: '' })
    expect(event).toMatchObject({ resourceArn: '5', content: '[1]' })
    expect(stateChange({ content: null }).content).toBe('')
    expect(stateChange({ content: 'no JSON' }).content).toBe('"no JSON"')
  })

  test('names that every object inherits are no fields', () => {
    const event = decodedEvent(sample(4).replace('{', '{"__proto__":{"state":"x"},"constructor":1,"toString":null,'))
    expect(event).toEqual(decodedEvent(sample(4)))
    expect(undecodable('{"__proto__":{"name":"Instance:StateChange","product":"ECS"}}').reason).toBe('unknown-shape')
  })
})

describe('debug events', () => {
  const isTest = (line: number, fields: Record<string, unknown>) => decodedEvent(changed(line, fields)).test

  test.each([
    ['masked instance id', { content: { instanceId: 'i-b***vd2', action: 'delete' } }],
    ['masked action', { content: { instanceId: 'i-abc', action: 'de***' } }],
    ['placeholder in the ARN', { resourceId: 'acs:ecs:cn-hangzhou:<uid>UID:instance/<resource-id>' }],
    ['placeholder account', { userId: 'UID' }],
    ['an id that no instance has', { content: { instanceId: 'AY140000001', action: 'delete' } }],
    ['an id in capitals', { content: { instanceId: 'I-ABC', action: 'delete' } }],
    ['neither id, time, account nor version', { id: '', eventTime: null, userId: undefined, ver: undefined }]
  ])('%s', (_, fields) => {
    expect(isTest(11, fields)).toBe(true)
  })

  test.each([
    [
      'stars in a name that a user chose',
      { instanceName: '***', content: { instanceId: 'i-abc', instanceName: '***' } }
    ],
    ['no version alone', { ver: undefined }],
    ['an event without any instance', { content: {}, resourceId: undefined }]
  ])('not %s', (_, fields) => {
    expect(isTest(11, fields)).toBe(false)
  })

  test('the masked parts of a subscription, which every one has, say nothing', () => {
    expect(decodedEvent(sample(43)).test).toBe(false)
  })

  test('masked data is a debug event in EventBridge too', () => {
    expect(isTest(48, { data: { instanceId: 'i-***', action: 'delete' } })).toBe(true)
  })
})
