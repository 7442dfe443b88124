import type { ApiOutcome, CallLimits } from './api-outcome.ts'

/** An instance as DescribeInstances tells it. Texts are '' and times undefined where it tells nothing. */
export interface Instance {
  readonly instanceId: string
  readonly name: string
  readonly regionId: string
  readonly zoneId: string
  /** Pending, Starting, Running, Stopping, Stopped, or a word that is not known yet. */
  readonly status: string
  /** KeepCharging, StopCharging (economical mode) or Not-applicable. */
  readonly stoppedMode: string
  /** Lock reasons in lower case: financial, security, recycling, dedicatedhostfinancial, refunded. */
  readonly locks: readonly string[]
  /** PostPaid or PrePaid. */
  readonly chargeType: string
  /** NoSpot, SpotAsPriceGo or SpotWithPriceLimit. */
  readonly spotStrategy: string
  /** Terminate or Stop. */
  readonly spotInterruptionBehavior: string
  readonly createdMs: number | undefined
  /** When a subscription ends, epoch ms; undefined for pay-as-you-go. */
  readonly expiresMs: number | undefined
  /** When it is to be released by itself, epoch ms. */
  readonly autoReleaseMs: number | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly instanceType: string
  readonly vpcId: string
  readonly vSwitchId: string
  readonly imageId: string
  readonly resourceGroupId: string
  readonly privateIps: readonly string[]
  readonly publicIps: readonly string[]
  readonly networkInterfaceIds: readonly string[]
}

/** What RunInstances is asked for; with the same token and the same values it makes one instance, however often it is asked. */
export interface RunRequest {
  /** At most 64 ASCII characters. */
  readonly clientToken: string
  readonly launchTemplateId: string
  /** '' for the template's default version. */
  readonly launchTemplateVersion: string
  /** '' leaves it to the template, as for all that follows. */
  readonly zoneId: string
  readonly vSwitchId: string
  readonly instanceType: string
  readonly instanceName: string
  /** NoSpot, SpotAsPriceGo or SpotWithPriceLimit. */
  readonly spotStrategy: string
  /** Currency per hour, up to 3 decimals; undefined without a limit. */
  readonly spotPriceLimit: number | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** ECS in one region. No method throws for what the service does. */
export interface Compute {
  /** One instance; `undefined` when it does not exist (any more). Calls at about the same time travel together. */
  describe(instanceId: string, limits: CallLimits): Promise<ApiOutcome<Instance | undefined>>
  /** Every instance with all of these tags. */
  findByTags(tags: Readonly<Record<string, string>>, limits: CallLimits): Promise<ApiOutcome<readonly Instance[]>>
  /** Number of instances in the region. */
  count(limits: CallLimits): Promise<ApiOutcome<number>>
  /** Starts a stopped instance. `already`: it is running or starting. Stopping and Pending are `busy`. */
  start(instanceId: string, limits: CallLimits): Promise<ApiOutcome<void>>
  /** Creates one instance. `refused` with code `OperationDenied.NoStock`: none to be had there now. */
  run(request: RunRequest, limits: CallLimits): Promise<ApiOutcome<{ readonly instanceId: string }>>
  /** Sets tags; those of the same key are replaced. */
  tag(instanceId: string, tags: Readonly<Record<string, string>>, limits: CallLimits): Promise<ApiOutcome<void>>
}
