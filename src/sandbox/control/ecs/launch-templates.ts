import { utcSeconds } from '../../fleet/times.ts'
import { ecsError } from './ecs-errors.ts'

/** Parameters of RunInstances by their names on the wire: `InstanceType`, `Tag.1.Key`. */
export type TemplateData = ReadonlyMap<string, string>

export interface TemplateVersion {
  readonly number: number
  readonly createdTime: string
  readonly description: string
  readonly data: TemplateData
}

export interface LaunchTemplate {
  readonly id: string
  readonly name: string
  /** '' for one that every region has. */
  readonly regionId: string
  readonly versions: readonly TemplateVersion[]
  readonly defaultVersion: number
}

/** The template that every sandbox has, in all regions. */
const DEFAULT_TEMPLATE = {
  id: 'lt-sandbox',
  name: 'sandbox',
  regionId: '',
  data: new Map([
    ['ImageId', 'aliyun_3_x64_20G_alibase_20250117.vhd'],
    ['InstanceType', 'ecs.g7.large'],
    ['SecurityGroupId', 'sg-sandbox'],
    ['InstanceName', 'from-template']
  ])
}

/** Launch templates with their versions. */
export class LaunchTemplates {
  readonly #byId = new Map<string, LaunchTemplate>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
    this.create(DEFAULT_TEMPLATE)
  }

  /** Makes a template with version 1. @throws RpcError for a name that is taken */
  create(made: {
    id: string
    name: string
    regionId: string
    data: TemplateData
    description?: string
  }): LaunchTemplate {
    const { id, name, regionId, data, description = '' } = made
    if (this.list(regionId).some((known) => known.name === name)) throw ecsError('LaunchTemplateName.Duplicated', name)
    const version = { number: 1, createdTime: utcSeconds(this.#now()), description, data }
    const template = { id, name, regionId, versions: [version], defaultVersion: 1 }
    this.#byId.set(id, template)
    return template
  }

  /** Adds a version, which becomes the default one when it is asked for. */
  addVersion(id: string, data: TemplateData, asDefault: boolean): TemplateVersion {
    const template = this.#byId.get(id)
    if (template === undefined) throw ecsError('InvalidLaunchTemplate.NotFound', id)
    const number = template.versions.length + 1
    const version = { number, createdTime: utcSeconds(this.#now()), description: '', data }
    const versions = [...template.versions, version]
    this.#byId.set(id, { ...template, versions, ...(asDefault && { defaultVersion: number }) })
    return version
  }

  /** The templates of a region. */
  list(regionId: string): LaunchTemplate[] {
    return [...this.#byId.values()].filter((template) => template.regionId === '' || template.regionId === regionId)
  }

  /** By id, or by name. @throws RpcError 404 InvalidLaunchTemplate.NotFound */
  find(regionId: string, { id, name }: { id: string; name: string }): LaunchTemplate {
    const found = this.list(regionId).find((template) => (id === '' ? template.name === name : template.id === id))
    if (found === undefined) throw ecsError('InvalidLaunchTemplate.NotFound', id || name)
    return found
  }
}

/** A version by its number, the default one when the text is ''. @throws RpcError 404 InvalidLaunchTemplateVersion.NotFound */
export function versionOf({ versions, defaultVersion }: LaunchTemplate, number: string): TemplateVersion {
  const version = versions.find((known) => `${known.number}` === (number === '' ? `${defaultVersion}` : number))
  if (version === undefined) throw ecsError('InvalidLaunchTemplateVersion.NotFound', number)
  return version
}
