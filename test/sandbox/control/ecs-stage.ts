import { onTestFinished, vi } from 'vitest'
import type { FleetOptions } from '../../../src/sandbox/fleet/options.ts'
import { createQuietFleet } from '../../../src/sandbox/fleet/quiet-fleet.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { openSandbox } from '../../support/harness.ts'
import { rpcClient } from './rpc-client.ts'

export const REGION = { RegionId: 'cn-hangzhou' }

/** What DescribeInstances says of one instance, as far as the tests look at it. */
export type InstanceView = Readonly<Record<string, unknown>> & { readonly InstanceId: string; readonly Status: string }

/** A sandbox with a fleet so fast that nothing takes longer than some ms, and the vendor's SDK on it. */
export async function openEcs(options: Partial<FleetOptions> = {}) {
  const fleet = createQuietFleet({ startMs: Date.now(), pace: 4_000, gapMs: 2, ...options })
  const sandbox = await openSandbox({ fleet, seed: 7 })
  onTestFinished(() => sandbox.close())
  const { ecs: url, accessKeyId, accessKeySecret } = sandbox.address
  const target = { url, version: '2014-05-26', accessKeyId, accessKeySecret }
  const client = rpcClient(target)

  /** Waits for something that comes with time. */
  const until = (condition: () => boolean | Promise<boolean>): Promise<boolean> =>
    vi.waitUntil(condition, { timeout: 60_000, interval: 2 })
  const stateOf = (id: string): string | undefined => fleet.describe(id)?.state
  const reaches = (id: string, state: string | undefined): Promise<boolean> => until(() => stateOf(id) === state)
  return {
    ...{ sandbox, fleet, ecs: sandbox.ecs, client, target, until, stateOf, reaches },
    /** An instance that is Running. */
    running: async (given: Parameters<typeof fleet.create>[0] = {}): Promise<string> => {
      const { instanceId } = fleet.create({ regionId: 'cn-hangzhou', ...given })
      await reaches(instanceId, 'Running')
      return instanceId
    },
    /** An instance that is Stopped. */
    stopped: async (given: Parameters<typeof fleet.create>[0] = {}, mode?: 'StopCharging'): Promise<string> => {
      const { instanceId } = fleet.create({ regionId: 'cn-hangzhou', ...given })
      await reaches(instanceId, 'Running')
      fleet.stop(instanceId, mode)
      await reaches(instanceId, 'Stopped')
      return instanceId
    },
    /** What DescribeInstances finds. */
    describe: async (parameters: object = {}): Promise<InstanceView[]> => {
      const body = await client.done('DescribeInstances', { ...REGION, ...parameters })
      return (body['Instances'] as { Instance: InstanceView[] }).Instance
    },
    /** The ids that RunInstances made. */
    run: async (parameters: object = {}): Promise<string[]> => {
      const body = await client.done('RunInstances', { ...REGION, LaunchTemplateId: 'lt-sandbox', ...parameters })
      return (body['InstanceIdSets'] as { InstanceIdSet: string[] }).InstanceIdSet
    }
  }
}

/** The events on the queue: name and what they are about, in the order of sending. */
export function queueEvents(
  sandbox: Sandbox
): Array<{ name: string; instanceId: string; detail: string; atMs: number }> {
  return sandbox.mns.messages(sandbox.address.queue).map(({ body }) => {
    const event = JSON.parse(Buffer.from(body, 'base64').toString())
    const { resourceId, instanceId, state, action, eventStatus } = event.content
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(.+)(\d\d)$/.exec(event.eventTime) ?? []
    const [year, month, day, hour, minute, second] = parts
    const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second?.slice(0, -3)}+08:00`)
    return { name: event.name, instanceId: resourceId ?? instanceId, detail: state ?? action ?? eventStatus, atMs }
  })
}
