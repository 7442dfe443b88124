import { describe, expect, test } from 'vitest'
import { troublesOf } from '../../../src/actions/policy/seen-events.ts'
import { MINUTE, NOON, SECOND } from './restart-fixtures.ts'

const seen = (name: string, status: string, agoMs: number) => ({ name: `Instance:${name}`, status, atMs: NOON - agoMs })
const NOTICE = 'PreemptibleInstanceInterruption'

describe('recent events of an instance', () => {
  test.each([
    ['none', [], false, false],
    ['a notice 10 minutes ago', [seen(NOTICE, '', 10 * MINUTE)], true, false],
    ['a notice longer ago', [seen(NOTICE, '', 10 * MINUTE + 1)], false, false],
    ['a recovery under way', [seen('SystemFailure.Reboot:Executing', 'Executing', MINUTE)], false, true],
    ['a recovery half an hour ago', [seen('SystemFailure.Reboot:Executing', 'Executing', 30 * MINUTE)], false, true],
    ['a recovery whose end was lost', [seen('SystemFailure.Reboot:Executing', 'Executing', 31 * MINUTE)], false, false],
    ['maintenance of tomorrow', [seen('SystemMaintenance.Reboot:Scheduled', 'Scheduled', MINUTE)], false, false],
    [
      'a recovery that is over',
      [
        seen('SystemFailure.Reboot:Executing', 'Executing', MINUTE),
        seen('SystemFailure.Reboot:Executed', 'Executed', 10 * SECOND)
      ],
      false,
      false
    ],
    [
      'a recovery that is over, told in the wrong order',
      [
        seen('SystemFailure.Reboot:Executed', 'Executed', 10 * SECOND),
        seen('SystemFailure.Reboot:Executing', 'Executing', MINUTE)
      ],
      false,
      false
    ],
    ['a name without its status, from EventBridge', [seen('SystemMaintenance.Stop', 'Executing', MINUTE)], false, true],
    ['a disk is slow', [{ name: 'Disk:Stalled:Executing', status: 'Executing', atMs: NOON }], false, false],
    ['its payment ran out', [seen('AccountUnbalanced.Stop:Executing', 'Executing', MINUTE)], false, false]
  ])('%s', (_, events, interrupted, maintenanceInFlight) => {
    expect(troublesOf(events, NOON)).toEqual({ interrupted, maintenanceInFlight })
  })
})
