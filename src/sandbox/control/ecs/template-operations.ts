import type { RpcOperation } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'
import { type EcsWorld, namedRegion } from './ecs-world.ts'
import { type LaunchTemplate, type TemplateData, versionOf } from './launch-templates.ts'
import { pageOf } from './paging.ts'
import { onlySupported, requiredText } from './parameters.ts'
import { resourceText, TEMPLATE_PARAMETERS } from './run-instances.ts'

/** CreateLaunchTemplate, with its first version. */
export function createLaunchTemplate({ templates, random }: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, [...TEMPLATE_PARAMETERS, 'LaunchTemplateName', 'VersionDescription'])
    const data = new Map([...parameters.all].filter(([name]) => TEMPLATE_PARAMETERS.includes(name.split('.')[0] ?? '')))
    const { id } = templates.create({
      id: `lt-${resourceText(random)}`,
      name: requiredText(parameters, 'LaunchTemplateName'),
      regionId: namedRegion(parameters),
      data,
      description: parameters.text('VersionDescription')
    })
    return { LaunchTemplateId: id, LaunchTemplateVersionNumber: 1 }
  }
}

/** DescribeLaunchTemplates; one that does not exist is left out. */
export function describeLaunchTemplates({ templates }: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    onlySupported(action, parameters, ['LaunchTemplateId', 'LaunchTemplateName', 'PageNumber', 'PageSize'])
    const [ids, names] = [parameters.list('LaunchTemplateId'), parameters.list('LaunchTemplateName')]
    const found = templates
      .list(namedRegion(parameters))
      .filter(({ id, name }) => (ids.length === 0 || ids.includes(id)) && (names.length === 0 || names.includes(name)))
    const { items, told } = pageOf(parameters, found, { keyOf: ({ id }) => id, largest: 50 })
    return { LaunchTemplateSets: { LaunchTemplateSet: items.map(templateView) }, ...told }
  }
}

/** DescribeLaunchTemplateVersions: those named, the default one, or all of them, the newest first. */
export function describeLaunchTemplateVersions({ templates }: EcsWorld): RpcOperation {
  return ({ action, parameters }) => {
    const named = ['LaunchTemplateId', 'LaunchTemplateName', 'LaunchTemplateVersion', 'DefaultVersion']
    onlySupported(action, parameters, [...named, 'DetailFlag', 'PageNumber', 'PageSize'])
    const [id, name] = [parameters.text('LaunchTemplateId'), parameters.text('LaunchTemplateName')]
    if (id === '' && name === '') throw ecsError('MissingParameter', 'LaunchTemplateId')
    const template = templates.find(namedRegion(parameters), { id, name })
    const numbers = parameters.list('LaunchTemplateVersion')
    const chosen = parameters.text('DefaultVersion') === 'true' ? [''] : numbers
    const found = chosen.length === 0 ? [...template.versions].reverse() : chosen.map((one) => versionOf(template, one))
    const { items, told } = pageOf(parameters, found, { keyOf: ({ number }) => `${number}`, largest: 50 })
    const versions = items.map(({ number, createdTime, description, data }) => ({
      LaunchTemplateId: template.id,
      LaunchTemplateName: template.name,
      VersionNumber: number,
      VersionDescription: description,
      DefaultVersion: number === template.defaultVersion,
      CreateTime: createdTime,
      LaunchTemplateData: dataView(data)
    }))
    return { LaunchTemplateVersionSets: { LaunchTemplateVersionSet: versions }, ...told }
  }
}

function templateView({ id, name, versions, defaultVersion }: LaunchTemplate): object {
  return {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    DefaultVersionNumber: defaultVersion,
    LatestVersionNumber: versions.length,
    CreateTime: versions[0]?.createdTime ?? '',
    ModifiedTime: versions.at(-1)?.createdTime ?? ''
  }
}

/** The single parameters as they are, and the tags. */
function dataView(data: TemplateData): object {
  const single = [...data].filter(([name]) => !name.includes('.'))
  const tags: Array<Record<string, string>> = []
  for (const [name, value] of data) {
    const [, number = '', key = ''] = /^Tag\.(\d+)\.(Key|Value)$/.exec(name) ?? []
    if (key !== '') tags[Number(number) - 1] = { ...tags[Number(number) - 1], [key]: value }
  }
  return { ...Object.fromEntries(single), Tags: { InstanceTag: tags.filter((tag) => tag !== undefined) } }
}
