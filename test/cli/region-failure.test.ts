import { describe, expect, test } from 'vitest'
import { regionFailure } from '../../src/cli/region-failure.ts'
import type { Fault, FaultClass } from '../../src/cloud/fault.ts'

function fault(faultClass: FaultClass, code: string): Fault {
  return { class: faultClass, code, status: 0, message: 'it failed', requestId: '' }
}

describe('the failure of a region', () => {
  test('that ECS does not know is the fault of who named it', () => {
    const unknown = fault('missing', 'InvalidRegionId')
    expect(regionFailure(unknown, { region: 'cn-nope', given: true }).code).toBe('usage')
    const configured = regionFailure(unknown, { region: 'cn-nope', given: false })
    expect(configured.code).toBe('config')
    expect(configured.message).toContain('Cannot use region: cn-nope')
  })

  test.each<[FaultClass, string]>([
    ['credentials', 'The credentials need ecs:DescribeInstances.'],
    ['unavailable', 'Check that the region exists'],
    ['throttled', 'ask again in a minute'],
    ['clock', 'Set the clock']
  ])('by %s comes with its own advice', (faultClass, advice) => {
    const { code, message } = regionFailure(fault(faultClass, 'Some'), { region: 'cn-beijing', given: true })
    expect(code).toBe('unavailable')
    expect(message).toContain('Cannot list the instances of cn-beijing: Some: it failed.')
    expect(message).toContain(advice)
  })
})
