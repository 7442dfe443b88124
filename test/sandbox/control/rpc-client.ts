import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)
const openApi = load('@alicloud/openapi-core') as typeof import('@alicloud/openapi-core')
const dara = load('@darabonba/typescript') as typeof import('@darabonba/typescript')
const credentials = load('@alicloud/credentials') as typeof import('@alicloud/credentials')

/** How a test reaches a product of the control plane. */
export interface RpcTarget {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly version: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** `v2` makes the SDK use signature version 1, everything in the query. */
  readonly signatureAlgorithm?: 'v2'
}

/** What a call came to: the answer's body, or how the service refused it. */
export type RpcOutcome =
  | { readonly kind: 'done'; readonly body: Record<string, unknown> }
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly status: number
      readonly name: string
      readonly message: string
      readonly data: Readonly<Record<string, unknown>>
    }

export interface RpcClient {
  /** One call with its parameters in the query, or in a form body; arrays and objects are flattened. */
  call(action: string, parameters?: object, where?: 'query' | 'form'): Promise<RpcOutcome>
  /** The answer's body; throws for a refusal. */
  done(action: string, parameters?: object): Promise<Record<string, unknown>>
  /** `403 IncorrectInstanceStatus`; throws for a success. */
  refused(action: string, parameters?: object): Promise<string>
}

/** The vendor's SDK client for any product, untouched. */
export function rpcClient(target: RpcTarget): RpcClient {
  const { url, version, signatureAlgorithm, accessKeyId, accessKeySecret, securityToken } = target
  const { $OpenApiUtil, OpenApiUtil } = openApi
  const keys = securityToken === undefined ? { type: 'access_key' } : { type: 'sts', securityToken }
  const client = new openApi.default(
    new $OpenApiUtil.Config({
      credential: new credentials.default(new credentials.Config({ ...keys, accessKeyId, accessKeySecret })),
      endpoint: new URL(url).host,
      protocol: 'HTTP',
      connectTimeout: 10_000,
      readTimeout: 10_000,
      ...(signatureAlgorithm && { signatureAlgorithm })
    })
  )
  const call: RpcClient['call'] = async (action, parameters = {}, where = 'query') => {
    const request = where === 'query' ? { query: OpenApiUtil.query(parameters) } : { body: parameters }
    const params = new $OpenApiUtil.Params({
      ...{ action, version, protocol: 'HTTP', method: 'POST', authType: 'AK', style: 'RPC', pathname: '/' },
      ...{ reqBodyType: 'formData', bodyType: 'json' }
    })
    try {
      const answer = await client.callApi(params, new $OpenApiUtil.OpenApiRequest(request), new dara.RuntimeOptions({}))
      return { kind: 'done', body: answer['body'] as Record<string, unknown> }
    } catch (thrown) {
      return refusalOf(thrown)
    }
  }
  return {
    call,
    done: async (action, parameters) => {
      const outcome = await call(action, parameters)
      if (outcome.kind === 'refused') throw new Error(`${action} was refused: ${outcome.message}`)
      return outcome.body
    },
    refused: async (action, parameters) => {
      const outcome = await call(action, parameters)
      if (outcome.kind === 'done') throw new Error(`${action} was not refused`)
      return `${outcome.status} ${outcome.code}`
    }
  }
}

/** How the SDK tells a refusal; rethrows what never was an answer of the service. */
function refusalOf(thrown: unknown): Extract<RpcOutcome, { kind: 'refused' }> {
  if (!(thrown instanceof Error)) throw thrown
  const { code, statusCode, name, message, data } = thrown as Error & Record<string, unknown>
  if (typeof code !== 'string' || typeof statusCode !== 'number') throw thrown
  return { kind: 'refused', code, status: statusCode, name, message, data: (data ?? {}) as Record<string, unknown> }
}
