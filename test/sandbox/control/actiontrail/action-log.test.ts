import { expect, test } from 'vitest'
import { ActionLog } from '../../../../src/sandbox/control/actiontrail/action-log.ts'
import { rpcParameters } from '../../../../src/sandbox/control/rpc-parameters.ts'
import type { RpcProduct } from '../../../../src/sandbox/control/rpc-product.ts'

test('keeps the newest 10,000 calls; what fails for a bug of the sandbox is not one', async () => {
  const ecs: RpcProduct = {
    name: 'ecs',
    version: '2014-05-26',
    statusOf: () => undefined,
    operations: {
      StopInstance: ({ requestId }) => {
        if (requestId === 'bug') throw new Error('a bug')
        return {}
      }
    }
  }
  const log = new ActionLog({ now: () => 0, delayMs: 0, regionOf: () => undefined, homeRegion: 'cn-hangzhou' })
  const { operations } = log.watch(ecs)
  const parameters = rpcParameters(new Map([['InstanceId', 'i-1']]))
  const stop = async (requestId: string): Promise<unknown> => {
    const caller = { accessKeyId: 'key', userName: 'alice' }
    return operations['StopInstance']?.({ action: 'StopInstance', parameters, caller, requestId, fault: undefined })
  }
  for (let calls = 1; calls <= 10_003; calls++) await stop(String(calls))
  await expect(stop('bug')).rejects.toThrow('a bug')
  const ids = log.told().map(({ event }) => event['eventId'])
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([10_000, '4', '10003'])
})
