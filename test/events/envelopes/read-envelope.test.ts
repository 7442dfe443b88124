import { describe, expect, test } from 'vitest'
import { changed, decodedEvent, sample, undecodable } from '../samples.ts'

describe('other shapes', () => {
  test('CloudEvents data may be a JSON text, and the publish time stands in for a bad time', () => {
    const body = changed(47, { data: '{"resourceId":"i-abc","state":"Stopped"}', time: 'yesterday' })
    expect(decodedEvent(body)).toMatchObject({
      instanceId: 'i-abc',
      state: 'Stopped',
      timeMs: Date.parse('2025-06-11T01:30:21.934Z')
    })
  })

  test('a subscription without sysEventMeta tells its event by the alert itself', () => {
    const { alert } = JSON.parse(sample(43))
    const event = decodedEvent(changed(43, { alert: { ...alert, meta: '{}' } }))
    expect(event).toMatchObject({
      name: 'Instance:StateChange',
      state: 'Stopping',
      timeMs: 1726107072000,
      level: 'INFO'
    })
  })

  test('bare data is named by what only one event has', () => {
    const content = (line: number) => JSON.stringify(JSON.parse(sample(line)).content)
    const name = (line: number) => decodedEvent(content(line)).name
    expect(name(11)).toBe('Instance:PreemptibleInstanceInterruption')
    expect(name(16)).toBe('Instance:SystemMaintenance.Reboot')
    expect(decodedEvent(content(16)).status).toBe('Avoided')
    expect(name(26)).toBe('Instance:LiveMigrationAcrossDDH')
    expect(name(28)).toBe('Instance:PerformanceModeChange')
    expect(name(29)).toBe('Instance:BurstablePerformanceRestricted')
    expect(name(30)).toBe('Instance:VSwitchChanged')
    expect(name(32)).toBe('Disk:Stalled')
    expect(decodedEvent(content(32)).status).toBe('Executed')
    expect(name(34)).toBe('Disk:DiskOperationCompleted')
    expect(name(38)).toBe('Snapshot:CreateSnapshotCompleted')
    expect(name(39)).toBe('NetworkInterface:NetworkInterfaceOperateCompleted')
    expect(decodedEvent(content(41))).toMatchObject({ name: 'Image:StateChange', state: '', instanceId: '' })
  })

  test("somebody's own object with an instance and an action is no interruption notice", () => {
    expect(undecodable('{"instanceId":"i-abc","action":"start"}').reason).toBe('unknown-shape')
    expect(undecodable('{"instanceId":"everything","action":"delete"}').reason).toBe('unknown-shape')
  })

  test('alarms of custom metrics have no product; colons in a metric make no status', () => {
    const event = decodedEvent(changed(45, { namespace: 'acme', metricName: 'a:b:c', eventName: undefined }))
    expect(event).toMatchObject({ name: 'MetricAlert:a:b:c', product: '', status: '' })
  })
})
