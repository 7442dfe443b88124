/** The tag that Auto Scaling puts on the instances of a scaling group (ECS and Auto Scaling documentation). */
const SCALING_GROUP_TAG = 'acs:autoscaling:scalingGroupId'

/** Tags of the worker nodes of Container Service for Kubernetes. */
const KUBERNETES_TAGS = /^(ack\.aliyun\.com$|kubernetes\.io\/cluster)/

/**
 * Who else looks after an instance, as a reason to leave it alone: Auto Scaling replaces and detaches its own, a cluster
 * repairs its own nodes. Undefined when nobody does.
 */
export function ownerReason(
  tags: Readonly<Record<string, string>>
): 'owned-by-auto-scaling' | 'owned-by-kubernetes' | undefined {
  if (Object.hasOwn(tags, SCALING_GROUP_TAG)) return 'owned-by-auto-scaling'
  return Object.keys(tags).some((key) => KUBERNETES_TAGS.test(key)) ? 'owned-by-kubernetes' : undefined
}
