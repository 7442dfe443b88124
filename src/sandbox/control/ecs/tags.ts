import type { RpcParameters } from '../rpc-product.ts'
import { ecsError } from './ecs-errors.ts'

/** Most tags of one resource, and of one call. */
export const MOST_TAGS = 20

/**
 * The tags of a call, `Tag.N.Key` and `Tag.N.Value`. Keys that begin with `aliyun` or `acs:` are the vendor's own.
 *
 * @throws RpcError 400 for more than 20, for a key that comes twice, and for a key or value that can't be
 */
export function givenTags(parameters: RpcParameters): Record<string, string> {
  const given = parameters.objects('Tag')
  if (given.length > MOST_TAGS) throw ecsError('InvalidTagCount')
  const tags: Record<string, string> = {}
  for (const { Key = '', Value = '' } of given) {
    if (!/^(?!aliyun|acs:)(?!.*https?:\/\/).{1,128}$/.test(Key)) throw ecsError('InvalidTagKey.Malformed')
    if (!/^(?!.*https?:\/\/).{0,128}$/.test(Value)) throw ecsError('InvalidTagValue.Malformed')
    if (Object.hasOwn(tags, Key)) throw ecsError('Duplicate.TagKey')
    tags[Key] = Value
  }
  return tags
}
