import type { RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'

/** Parameters that every operation takes and none needs. */
const EVERYWHERE = ['RegionId', 'OwnerId', 'OwnerAccount', 'ResourceOwnerId', 'ResourceOwnerAccount']

/**
 * Refuses a call that asks for more than the sandbox does: to leave out a filter would pretend a success.
 *
 * @param names first steps of the names of what is supported: `Tag` for `Tag.1.Key`
 * @throws RpcError 501 NotImplemented
 */
export function onlySupported(action: string, parameters: RpcParameters, names: readonly string[]): void {
  for (const name of parameters.all.keys()) {
    const [step = ''] = name.split('.')
    if (!names.includes(step) && !EVERYWHERE.includes(step)) throw ecsError('NotImplemented', `${name} of ${action}`)
  }
}

/** @throws RpcError 400 MissingParameter */
export function requiredText(parameters: RpcParameters, name: string): string {
  const value = parameters.text(name)
  if (value === '') throw ecsError('MissingParameter', name)
  return value
}

/** `true` or `false`, in any case of letters; false when it is not given. @throws RpcError 400 InvalidParameter */
export function flag(parameters: RpcParameters, name: string): boolean {
  const value = parameters.text(name).toLowerCase()
  if (value !== '' && value !== 'true' && value !== 'false') throw ecsError('InvalidParameter', name)
  return value === 'true'
}

/** One of a few words; '' when it is not given. @throws RpcError with `code` */
export function oneOf<Word extends string>(
  parameters: RpcParameters,
  name: string,
  words: readonly Word[],
  code = 'InvalidParameter'
): Word | '' {
  const value = parameters.text(name)
  if (value === '') return ''
  const word = words.find((known) => known === value)
  if (word === undefined) throw ecsError(code, name)
  return word
}

/** A JSON array of texts; undefined when it is not given. @throws RpcError 400 InvalidParameter, also for more than `most` */
export function jsonTexts(parameters: RpcParameters, name: string, most: number): string[] | undefined {
  const text = parameters.text(name)
  if (text === '') return undefined
  const texts = parsed(text)
  const valid = Array.isArray(texts) && texts.length <= most && texts.every((item) => typeof item === 'string')
  if (!valid) throw ecsError('InvalidParameter', name)
  return texts
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** ISO 8601 in UTC with seconds or without, to epoch ms; undefined when it is not given. @throws RpcError with `code` */
export function utcTime(parameters: RpcParameters, name: string, code = 'InvalidParameter'): number | undefined {
  const text = parameters.text(name)
  if (text === '') return undefined
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(atMs)) throw ecsError(code, name)
  return atMs
}
