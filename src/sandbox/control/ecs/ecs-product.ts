import type { RpcProduct } from '../rpc-product.ts'
import { describeInstanceHistoryEvents } from './describe-history.ts'
import { describeInstanceStatus, describeInstances } from './describe-instances.ts'
import { ecsStatusOf } from './ecs-errors.ts'
import type { EcsWorld } from './ecs-world.ts'
import { deleteInstance, rebootInstance, startInstance, stopInstance } from './power-operations.ts'
import { runInstances } from './run-instances.ts'
import { createSimulatedSystemEvents } from './simulated-events.ts'
import { listTagResources, tagResources, untagResources } from './tag-operations.ts'
import { createLaunchTemplate, describeLaunchTemplates, describeLaunchTemplateVersions } from './template-operations.ts'

/** ECS 2014-05-26 over a fleet. */
export function ecsProduct(world: EcsWorld): RpcProduct {
  return {
    name: 'ecs',
    version: '2014-05-26',
    statusOf: ecsStatusOf,
    operations: {
      DescribeInstances: describeInstances(world),
      DescribeInstanceStatus: describeInstanceStatus(world),
      DescribeInstanceHistoryEvents: describeInstanceHistoryEvents(world),
      StartInstance: startInstance(world),
      StopInstance: stopInstance(world),
      RebootInstance: rebootInstance(world),
      DeleteInstance: deleteInstance(world),
      RunInstances: runInstances(world),
      TagResources: tagResources(world),
      UntagResources: untagResources(world),
      ListTagResources: listTagResources(world),
      CreateLaunchTemplate: createLaunchTemplate(world),
      DescribeLaunchTemplates: describeLaunchTemplates(world),
      DescribeLaunchTemplateVersions: describeLaunchTemplateVersions(world),
      CreateSimulatedSystemEvents: createSimulatedSystemEvents(world)
    }
  }
}
