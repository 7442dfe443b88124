import { expect, test } from 'vitest'
import { refusalOf } from '../../../src/cloud/rpc/refusal-codes.ts'

test.each([
  [403, 'InstanceNotReady', 'busy', 'unavailable'],
  [403, 'InvalidOperation.Conflict', 'busy', 'unavailable'],
  [400, 'IncorrectVSwitchStatus', 'busy', 'unavailable'],
  [409, 'BackendServer.configuring', 'busy', 'unavailable'],
  [409, 'ServiceIsStopping', 'busy', 'unavailable'],
  [400, 'VServerGroupProcessing', 'busy', 'unavailable'],
  [400, 'OperationBusy', 'busy', 'unavailable'],
  [400, 'ProcessingSameRequest', 'busy', 'unavailable'],
  [400, 'IncorrectStatus.ServerGroup', 'busy', 'unavailable'],
  [400, 'incorrectstatus.servergroup', 'busy', 'unavailable'],
  [400, 'Conflict.Lock', 'busy', 'unavailable'],
  [400, 'Throttling', 'throttled', 'throttled'],
  [400, 'Throttling.Api', 'throttled', 'throttled'],
  [503, 'Throttling.ConcurrentLimitExceeded', 'throttled', 'throttled'],
  [500, 'InternalError', 'unknown', 'unavailable'],
  [501, 'NotImplemented', 'unknown', 'unavailable'],
  [503, 'SomethingNew', 'unavailable', 'unavailable'],
  [401, 'SomethingNew', 'refused', 'credentials'],
  [404, 'InvalidParameter', 'refused', 'missing'],
  [400, 'ResourceNotFound.ServerGroup', 'refused', 'missing'],
  [400, 'ResourceNotFound', 'refused', 'missing'],
  [400, 'InvalidServerId.NotFound', 'refused', 'missing'],
  [404, 'InvalidAccessKeyId.NotFound', 'refused', 'credentials'],
  [400, 'InvalidTimeStamp.Expired', 'refused', 'clock'],
  [403, 'Forbidden.RAM', 'refused', 'credentials'],
  [403, 'IncorrectInstanceStatus', 'refused', 'rejected'],
  [400, 'constructor', 'refused', 'rejected'],
  [400, '', 'refused', 'rejected']
])('HTTP %i %s: %s, %s', (status, code, kind, faultClass) => {
  expect(refusalOf(status, code)).toMatchObject({ kind, class: faultClass })
})

test('a refused key or clock can be mended, a missing permission cannot', () => {
  expect(refusalOf(400, 'SignatureDoesNotMatch').remedy).toBe('credentials')
  expect(refusalOf(400, 'IllegalTimestamp').remedy).toBe('clock')
  expect(refusalOf(403, 'NoPermission').remedy).toBeUndefined()
})
