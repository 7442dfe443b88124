import { describe, expect, test } from 'vitest'
import { base64, ENCODINGS, topicJson, topicXml } from './encodings.ts'
import { changed, decodedEvent, SAMPLES, sample, undecodable } from './samples.ts'

/**
 * What each sample must become: its line, envelope, instance (`x001` for i-bp1x001demo0spotnode), state or interruption,
 * status, time, product, level, `test` for debug events, name. `-` is ''.
 */
const EXPECTED = `
 1 cloudmonitor          x001 Pending  -         2019-04-09T04:18:26.922Z ECS INFO     real Instance:StateChange
 2 cloudmonitor          x001 Created  -         2025-06-11T01:30:00.101Z ECS INFO     real Instance:StateChange
 3 cloudmonitor          x001 Starting -         2025-06-11T01:30:02.455Z ECS INFO     real Instance:StateChange
 4 cloudmonitor          x001 Running  -         2025-06-11T01:30:21.734Z ECS INFO     real Instance:StateChange
 5 cloudmonitor          x001 Stopping -         2018-12-26T14:01:14.058Z ECS INFO     real Instance:StateChange
 6 cloudmonitor          x001 Stopped  -         2025-06-11T02:15:30.009Z ECS INFO     real Instance:StateChange
 7 cloudmonitor          x001 Deleted  -         2025-06-11T02:18:11.640Z ECS INFO     real Instance:StateChange
 8 cloudmonitor          x002 Running  -         2026-02-10T00:00:01.500Z ECS INFO     real Instance:StateChange
 9 cloudmonitor-enriched x003 Stopping Normal    2024-09-12T02:11:12.345Z ECS INFO     real Instance:StateChange
10 cloudmonitor-debug    i-b***vd2 St***ng Normal -                       ECS INFO     test Instance:StateChange
11 cloudmonitor          x004 delete   -         2019-04-09T04:18:26.922Z ECS INFO     real Instance:PreemptibleInstanceInterruption
12 cloudmonitor          x005 delete   Normal    2025-06-30T16:45:12.003Z ECS WARN     real Instance:PreemptibleInstanceInterruption
13 cloudmonitor-debug    x006 delete   Normal    -                        ECS WARN     test Instance:PreemptibleInstanceInterruption
14 cloudmonitor-enriched i-d7odemoeuw1spot0001 de*** Normal 2023-04-01T10:09:58.118Z ECS WARN test Instance:PreemptibleInstanceInterruption
15 cloudmonitor          x007 -        Scheduled 2025-04-09T04:18:26.922Z ECS CRITICAL real Instance:SystemMaintenance.Reboot:Scheduled
16 cloudmonitor          x007 -        Avoided   2025-04-10T08:01:01.922Z ECS CRITICAL real Instance:SystemMaintenance.Reboot:Scheduled
17 cloudmonitor          x007 -        Avoided   2025-04-10T08:01:01.922Z ECS CRITICAL real Instance:SystemMaintenance.Reboot:Avoided
18 cloudmonitor          x008 -        Inquiring 2025-04-10T18:00:00.000Z ECS CRITICAL real Instance:SystemMaintenance.RebootAndIsolateErrorDisk:Inquiring
19 cloudmonitor          x009 -        Executing 2025-05-01T03:00:06.120Z ECS CRITICAL real Instance:SystemFailure.Reboot:Executing
20 cloudmonitor          x009 -        Executed  2025-05-01T03:03:13.447Z ECS CRITICAL real Instance:InstanceFailure.Reboot:Executed
21 cloudmonitor          x010 -        Scheduled 2025-05-01T04:00:00.001Z ECS CRITICAL real Instance:SystemFailure.Redeploy:Scheduled
22 cloudmonitor          x011 -        Executed  2025-05-02T01:00:10.300Z ECS CRITICAL real Instance:SystemFailure.Delete:Executed
23 cloudmonitor          x011 -        Executed  2025-05-02T01:00:31.300Z ECS CRITICAL real Instance:SystemFailure.Stop:Executed
24 cloudmonitor          x012 -        Scheduled 2025-05-28T16:00:00.000Z ECS CRITICAL real Instance:InstanceExpiration.Stop:Scheduled
25 cloudmonitor          x012 -        Avoided   2025-06-02T02:00:00.800Z ECS INFO     real Instance:AccountUnbalanced.Delete:Avoided
26 cloudmonitor          x013 -        started   2018-06-08T01:25:37.922Z ECS INFO     real Instance:LiveMigrationAcrossDDH
27 cloudmonitor          x013 -     accomplished 2018-06-08T01:25:45.922Z ECS INFO     real Instance:LiveMigrationAcrossDDH
28 cloudmonitor          x014 -        -         2019-04-09T04:18:26.922Z ECS INFO     real Instance:PerformanceModeChange
29 cloudmonitor          x014 -        -         2019-11-11T12:00:01.000Z ECS INFO     real Instance:BurstablePerformanceRestricted
30 cloudmonitor          x015 -        -         2023-04-09T04:18:26.922Z ECS INFO     real Instance:VSwitchChanged
31 cloudmonitor          x016 -        Executing 2019-04-10T00:01:01.922Z ECS CRITICAL real Disk:Stalled:Executing
32 cloudmonitor          x016 -        Executed  2019-04-10T00:03:01.922Z ECS CRITICAL real Disk:Stalled:Executing
33 cloudmonitor          x016 -        Executed  2019-04-10T00:03:01.922Z ECS CRITICAL real Disk:Stalled:Executed
34 cloudmonitor          -    -        -         2019-04-09T04:18:26.922Z ECS INFO     real Disk:DiskOperationCompleted
35 cloudmonitor          -    -        -         2019-04-09T04:19:26.922Z ECS WARN     real Disk:DiskOperationCompleted
36 cloudmonitor          -    -        -         2019-04-09T04:18:26.922Z ECS INFO     real Disk:ConvertToPostpaidCompleted
37 cloudmonitor          x016 -        -         2019-04-09T04:18:26.922Z ECS CRITICAL real Disk:OverduePaymentRelease
38 cloudmonitor          -    -        -         2019-04-22T08:37:11.922Z ECS INFO     real Snapshot:CreateSnapshotCompleted
39 cloudmonitor          -    -        -         2019-04-09T04:18:26.922Z ECS INFO     real NetworkInterface:NetworkInterfaceOperateCompleted
40 cloudmonitor          -    -        -         2023-04-09T04:18:26.922Z ECS INFO     real NetworkInterface:PrivateIPAssigned
41 cloudmonitor          -    -        -         2025-07-31T16:00:00.000Z ECS INFO     real Image:StateChange
42 cloudmonitor-debug    x017 -        stopped   -               CloudMonitor CRITICAL test Agent_Status_Stopped
43 subscription          x018 Stopping Normal    2024-09-12T02:11:12.345Z ECS INFO     real Instance:StateChange
44 subscription          x018 Stopping Normal    2024-09-12T02:11:12.345Z ECS INFO     real Instance:StateChange
45 metric-alert          x019 -        AlertOk   2018-08-20T03:36:00.000Z ECS WARN     real MetricAlert:memory_actualusedspace#60
46 legacy-alarm AY14demo0000000001e - 发生告警   2016-05-26T10:15:00.000Z ECS -        real LegacyAlarm:磁盘使用率
47 cloudevents           x020 Running  -         2025-06-11T01:30:21.000Z ECS -        real Instance:StateChange
48 cloudevents           x021 delete   -         2025-06-11T01:30:21.000Z ECS -        real Instance:PreemptibleInstanceInterruption
49 cloudevents           x022 -        Scheduled 2025-06-11T01:30:21.000Z ECS -        real Instance:SystemMaintenance.Reboot
50 cloudevents           x016 -        Executed  2025-06-11T01:30:21.000Z ECS -        real Disk:Stalled
51 cloudevents           x023 -        -         2020-11-19T13:04:41.000Z ECS -        real CloudAssistant:TaskCompleted
52 cloudevents           x024 Stopped  -         2020-08-17T08:04:46.149Z ECS -        real Instance:StateChange
53 bare-data             x025 Stopped  -         -                        ECS -        real Instance:StateChange
54 cloudmonitor          x026 Running  -         2025-06-11T01:30:21.734Z ECS INFO     real Instance:StateChange`

describe('samples', () => {
  const rows = EXPECTED.trim().split('\n')

  test('every sample has its row', () => {
    expect(rows.map((row) => Number.parseInt(row, 10))).toEqual(SAMPLES.map((_, index) => index + 1))
  })

  test.each(rows)('%s', (row) => {
    const [line, envelope, instance = '', change = '', status = '', time = '', product, level = '', kind, name] = row
      .trim()
      .split(/\s+/)
    const isNotice = name?.endsWith('Interruption')
    expect(decodedEvent(base64(sample(Number(line))))).toMatchObject({
      envelope,
      instanceId: /^x\d{3}$/.test(instance) ? `i-bp1${instance}demo0spotnode` : absent(instance),
      state: isNotice ? '' : absent(change),
      interruption: isNotice ? change : '',
      status: absent(status),
      timeMs: time === '-' ? undefined : Date.parse(time),
      product,
      level: absent(level),
      test: kind === 'test',
      name
    })
  })

  test('account, region and resource are found in every envelope that tells them', () => {
    const told = (line: number) => {
      const { accountId, regionId, resourceArn } = decodedEvent(sample(line))
      return [accountId, regionId, resourceArn.split(':').at(-1)]
    }
    const account = '1100220033004400'
    expect(told(1)).toEqual([account, 'cn-hangzhou', 'instance/i-bp1x001demo0spotnode'])
    expect(told(9)).toEqual([account, 'us-east-1', 'instance/i-bp1x003demo0spotnode'])
    expect(told(13)).toEqual([account, 'cn-shanghai', 'instance/i-bp1x006demo0spotnode']) // account from the ARN
    expect(told(14)).toEqual([account, 'eu-west-1', 'instance/<resource-id>']) // the ARN's region is another one
    expect(told(30)).toEqual([account, 'cn-hangzhou', 'eni/eni-bp1demo0cdeg2n'])
    expect(told(43)).toEqual([account, 'us-east-1', 'instance/i-bp1x018demo0spotnode'])
    expect(told(44)).toEqual(told(43))
    expect(told(45)).toEqual([account, '', ''])
    expect(told(46)).toEqual([account, '', ''])
    expect(told(47)).toEqual([account, 'cn-hangzhou', '']) // its subject names no resource
    expect(told(50)).toEqual([account, 'cn-hangzhou', 'disk/d-t4ndemo0n4ds'])
    expect(told(53)).toEqual(['', '', ''])
    expect(told(54)).toEqual([account, 'cn-hangzhou', 'instance/i-bp1x026demo0spotnode'])
  })

  test('the id is the event own, not the message or the maintenance', () => {
    expect(decodedEvent(sample(15)).eventId).toBe('F15F0ACC-8CEA-5997-B474-1A513CEACA0F')
    expect(decodedEvent(sample(44)).eventId).toBe('7b1d2c3e-4f50-4a61-8b72-9c83ad94be05')
    expect(decodedEvent(sample(47)).eventId).toBe('f86215ca-c7fd-50b1-ae80-286c871a7a53')
    expect(decodedEvent(sample(54)).eventId).toBe('922CA646-FC6C-5B95-94D4-8FC554F73ACB')
    expect([10, 13, 42, 45, 46, 53].map((line) => decodedEvent(sample(line)).eventId).join('')).toBe('')
  })

  test('the content is the event own, as JSON', () => {
    const content = (line: number) => JSON.parse(decodedEvent(sample(line)).content)
    const stopping = { state: 'Stopping', instanceType: 'ecs.g7.large', publicIpAddress: '203.0.113.9' }
    expect(content(48)).toEqual({ instanceId: 'i-bp1x021demo0spotnode', action: 'delete' })
    expect(content(43)).toMatchObject(stopping)
    expect(content(44)).toMatchObject(stopping)
    expect(content(45)).toEqual(JSON.parse(sample(45)))
    expect(content(46)).toEqual(JSON.parse(sample(46)).message)
    expect(content(53)).toEqual(JSON.parse(sample(53)))
  })
})

describe('encodings', () => {
  test.each(Object.entries(ENCODINGS))('%s: the same event as raw JSON', (_, encode) => {
    for (const json of SAMPLES) expect(decodedEvent(encode(json))).toEqual(decodedEvent(json))
  })

  test('text outside ASCII survives them all', () => {
    const json = changed(1, { content: { resourceId: 'i-abc', state: 'Running', instanceName: '生产 <ü> & "😀"' } })
    for (const encode of Object.values(ENCODINGS)) {
      expect(JSON.parse(decodedEvent(encode(json)).content).instanceName).toBe('生产 <ü> & "😀"')
    }
  })
})

describe('undecodable', () => {
  test.each([
    ['', 'empty'],
    [' \n\ufeff', 'empty'],
    [base64(' '), 'empty'],
    [topicXml(''), 'empty'],
    ['hello world!', 'not-json'],
    ['{"name":', 'not-json'],
    [sample(1).slice(0, -1), 'not-json'],
    [base64(sample(1).slice(0, -1)), 'not-json'],
    [`${base64(sample(1))}*`, 'not-json'],
    ['\u0000', 'not-json'],
    ['\ud800', 'not-json'],
    ['ey\u0141J9', 'not-json'],
    [Buffer.from([0xff, 0xfe, 0x7b, 0x00]).toString('base64'), 'not-text'],
    ['123', 'not-an-object'],
    ['"text"', 'not-an-object'],
    ['[]', 'not-an-object'],
    ['[1]', 'not-an-object'],
    ['[[{}]]', 'not-an-object'],
    [`[${sample(1)},${sample(2)}]`, 'not-an-object'],
    ['{}', 'unknown-shape'],
    ['{"hello":"world"}', 'unknown-shape'],
    ['{"name":"alone"}', 'unknown-shape'],
    [changed(1, { name: undefined }), 'unknown-shape'],
    [changed(1, { name: 5 }), 'unknown-shape'],
    [changed(1, { name: ' ' }), 'unknown-shape'],
    [changed(47, { type: undefined }), 'unknown-shape'],
    [changed(47, { type: 'ecs:' }), 'unknown-shape'],
    [changed(43, { alert: 'x' }), 'unknown-shape'],
    [changed(46, { message: [] }), 'unknown-shape'],
    [nested(10_000), 'too-deep'],
    [changed(1, { content: JSON.parse(nested(600)) }), 'too-deep'],
    ['<html></html>', 'bad-wrapper'],
    [base64(base64(base64(base64('{}')))), 'bad-wrapper'],
    [topicJson(topicJson(topicJson(topicJson(sample(1))))), 'bad-wrapper']
  ])('%.30j is %s', (body, reason) => {
    expect(undecodable(body)).toMatchObject({ reason, raw: body })
  })

  test('a nested JSON text that is too deep is kept as the text that it is', () => {
    const content = nested(600)
    expect(JSON.parse(decodedEvent(changed(1, { content })).content)).toBe(content)
  })
})

function absent(cell: string): string {
  return cell === '-' ? '' : cell
}

function nested(depth: number): string {
  return `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`
}
