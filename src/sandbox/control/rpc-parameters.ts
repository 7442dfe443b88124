import { RpcError, type RpcParameters } from './rpc-product.ts'

/** Parameters of the protocol itself: they differ from try to try, and no operation reads them. */
const PROTOCOL = new Set([
  'Action',
  'Version',
  'Format',
  'Timestamp',
  'Signature',
  'SignatureMethod',
  'SignatureNonce',
  'SignatureType',
  'SignatureVersion',
  'AccessKeyId',
  'SecurityToken'
])

/** The parameters of an operation, out of everything that a request carries in its query and its form. */
export function rpcParameters(given: ReadonlyMap<string, string>): RpcParameters {
  const all = new Map([...given].filter(([name]) => !PROTOCOL.has(name)))
  const text = (name: string): string => all.get(name) ?? ''
  return {
    all,
    text,
    number: (name, otherwise) => {
      const value = text(name)
      if (value === '') return otherwise
      const number = Number(value)
      if (/^-?\d+$/.test(value) && Number.isSafeInteger(number)) return number
      throw new RpcError(400, 'InvalidParameter', `The specified parameter "${name}" is not valid: "${value}".`)
    },
    list: (name) => numbered(all, name).flatMap(([, rest, value]) => (rest === '' ? [value] : [])),
    objects: (name) => {
      const objects = new Map<number, Record<string, string>>()
      for (const [index, rest, value] of numbered(all, name)) {
        if (rest === '') continue
        const object = objects.get(index) ?? {}
        object[rest] = value
        objects.set(index, object)
      }
      return [...objects.values()]
    }
  }
}

/** What is named `name.<number>` or `name.<number>.<rest>`, in the order of the numbers. */
function numbered(all: ReadonlyMap<string, string>, name: string): Array<[index: number, rest: string, value: string]> {
  const found: Array<[number, string, string]> = []
  for (const [key, value] of all) {
    if (!key.startsWith(`${name}.`)) continue
    const [, index, rest = ''] = /^(\d{1,9})(?:\.(.+))?$/.exec(key.slice(name.length + 1)) ?? []
    if (index !== undefined) found.push([Number(index), rest, value])
  }
  return found.sort(([one], [other]) => one - other)
}
