/** The body of a StateChange event as CloudMonitor sends it; `index` makes it distinct. */
export function stateChange(
  index: number,
  options: { state?: string; instanceId?: string; regionId?: string; timeMs?: number } = {}
): string {
  const { state = 'Running', instanceId = `i-test${String(index).padStart(10, '0')}`, timeMs = Date.now() } = options
  const { regionId = 'cn-hangzhou' } = options
  return JSON.stringify({
    ver: '1.0',
    id: `TEST-${index}`,
    product: 'ECS',
    resourceId: `acs:ecs:${regionId}:1100220033004400:instance/${instanceId}`,
    level: 'INFO',
    name: 'Instance:StateChange',
    userId: '1100220033004400',
    eventTime: compactTime(timeMs),
    regionId,
    content: { resourceId: instanceId, resourceType: 'ALIYUN::ECS::Instance', state }
  })
}

export function stateChanges(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => stateChange(from + index))
}

/** `20250611T093000.101+0800`, as CloudMonitor writes times. */
function compactTime(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().replace(/[-:]/g, '').replace('Z', '+0800')
}
