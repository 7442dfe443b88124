import { REGIONS } from '../../fleet/instance-profile.ts'

/** A subnet, and whether instances can be put into it. */
export interface VSwitch {
  readonly vSwitchId: string
  readonly zoneId: string
  /** False: it refuses with IncorrectVSwitchStatus. */
  readonly available: boolean
}

/** The subnets: one for each zone from the start, `vsw-cn-hangzhou-h` in `cn-hangzhou-h`, and those added. */
export class VSwitches {
  readonly #byId = new Map<string, VSwitch>()

  constructor() {
    for (const { id, zones } of REGIONS) {
      for (const zone of zones) this.add({ vSwitchId: `vsw-${id}-${zone}`, zoneId: `${id}-${zone}`, available: true })
    }
  }

  /** Adds or replaces one. */
  add(vSwitch: VSwitch): void {
    this.#byId.set(vSwitch.vSwitchId, vSwitch)
  }

  get(vSwitchId: string): VSwitch | undefined {
    return this.#byId.get(vSwitchId)
  }

  /** The one that an instance gets that names its zone only. */
  ofZone(zoneId: string): VSwitch | undefined {
    return [...this.#byId.values()].find((vSwitch) => vSwitch.zoneId === zoneId)
  }
}
