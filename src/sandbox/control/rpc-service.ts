import { randomUUID } from 'node:crypto'
import type { SandboxKey } from '../address.ts'
import type { SandboxAnswer, SandboxRequest, SandboxService } from '../loopback-server.ts'
import { rpcAnswer, rpcErrorAnswer } from './rpc-answer.ts'
import { RpcLimits } from './rpc-limits.ts'
import { RpcError, type RpcProduct } from './rpc-product.ts'
import { type RpcRequest, readRpcRequest } from './rpc-request.ts'
import { checkRpcSignature, RecentNonces, type RpcKey, type RpcSignatureRules } from './rpc-signature.ts'

export interface RpcServiceOptions {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Makes the key a temporary (STS) one: requests must bring this token. */
  readonly securityToken?: string
  /** The own key where it changes, asked for at each request: `accessKeyId` and what belongs to it are not looked at then. */
  readonly keyNow?: (() => SandboxKey) | undefined
  /** Further keys that are accepted, by access key id: those of people who call the same services. */
  readonly people?: Readonly<Record<string, Person>>
  /** What is served; a call finds its product by the API version, so that one address serves all. */
  readonly products: readonly RpcProduct[]
  /** Epoch ms. Default: the machine's clock. */
  readonly now?: () => number
}

/** Somebody with a key of their own. */
export interface Person {
  readonly secret: string
  /** Their name as a RAM user. */
  readonly userName: string
}

/** The RAM user whose key the service's own is. */
const OWN_USER = 'ecs-audit'

/** The control plane's gateway: signatures, routing, limits and errors are the same for all its products. */
export interface RpcService extends SandboxService {
  /** The product that a request is for, by the name that fault rules use; `control-plane` when it is for none. */
  serviceOf(request: Omit<SandboxRequest, 'fault'>): string
  /** Allows an action so many calls in each minute of the clock; further ones get Throttling.User. Undefined: no limit. */
  limit(product: RpcProduct['name'], action: string, callsPerMinute: number | undefined): void
  /** What a product can do, by the names that fault rules use. */
  actionsOf(product: RpcProduct['name']): readonly string[]
}

/** HTTP status and text of the codes that every product shares (OpenAPI "Common error codes"). */
const COMMON_ERRORS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  Throttling: [400, 'Request was denied due to request throttling.'],
  'Throttling.User': [400, 'Request was denied due to user flow control.'],
  'Throttling.Api': [400, 'Request was denied due to api flow control.'],
  'Forbidden.RAM': [403, 'User not authorized to operate on the specified resource.'],
  NoPermission: [403, 'You are not authorized to do this action.'],
  InternalError: [500, 'The request processing has failed due to some unknown error.'],
  InternalServerError: [500, 'The request processing has failed due to some unknown error.'],
  ServiceUnavailable: [503, 'The request has failed due to a temporary failure of the server.']
}

/** Serves products of the RPC style; `startLoopbackServer` gives them a port. */
export function createRpcService(options: RpcServiceOptions): RpcService {
  const { products, now = Date.now } = options
  const rules = { keys: keysOf(options), now, nonces: new RecentNonces() }
  const parts: Parts = { products, rules, limits: new RpcLimits() }
  const productOf = (request: Omit<SandboxRequest, 'fault'>): RpcProduct | undefined => {
    const { version } = readRpcRequest(request)
    return products.find((product) => product.version === version)
  }
  return {
    name: 'control-plane',
    serviceOf: (request) => productOf(request)?.name ?? 'control-plane',
    operationOf: (request) => {
      const { action } = readRpcRequest(request)
      return Object.hasOwn(productOf(request)?.operations ?? {}, action) ? action : 'Unknown'
    },
    handle: (request) => handle(request, parts),
    errorAnswer: (code, request, complete) => {
      const product = productOf(request)
      const [status, message] = COMMON_ERRORS[code] ?? [400, `The request was refused: ${code}.`]
      const error = { status: product?.statusOf(code) ?? status, code, message }
      return rpcErrorAnswer(error, request, { requestId: newRequestId(), product: product?.name ?? '', complete })
    },
    limit: (product, action, calls) => parts.limits.set(`${product}.${action}`, calls),
    actionsOf: (name) => Object.keys(products.find((product) => product.name === name)?.operations ?? {})
  }
}

function keysOf(options: RpcServiceOptions): RpcSignatureRules['keys'] {
  const { people = {}, keyNow = (): SandboxKey => options } = options
  const others = Object.entries(people).map(([id, { secret, userName }]): RpcKey => {
    return { accessKeyId: id, secret, securityToken: undefined, userName }
  })
  const byId = new Map(others.map((key) => [key.accessKeyId, key]))
  return {
    get: (id) => {
      const { accessKeyId, accessKeySecret: secret, securityToken } = keyNow()
      return id === accessKeyId ? { accessKeyId, secret, securityToken, userName: OWN_USER } : byId.get(id)
    }
  }
}

interface Parts {
  readonly products: readonly RpcProduct[]
  readonly rules: RpcSignatureRules
  readonly limits: RpcLimits
}

async function handle(request: SandboxRequest, { products, rules, limits }: Parts): Promise<SandboxAnswer> {
  const requestId = newRequestId()
  const rpc = readRpcRequest(request)
  const product = products.find(({ version }) => version === rpc.version)
  try {
    const operation = operationOf(rpc, product)
    const caller = checkRpcSignature(request, rpc.signed, rules)
    limits.take(`${product?.name}.${rpc.action}`, rules.now())
    const { action, parameters } = rpc
    return rpcAnswer(requestId, await operation({ action, parameters, caller, requestId, fault: request.fault }))
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown
    return rpcErrorAnswer(thrown, request, { requestId, product: product?.name ?? '', complete: true })
  }
}

/** @throws RpcError for what no product serves: never a pretended success */
function operationOf(
  { action, version }: RpcRequest,
  product: RpcProduct | undefined
): RpcProduct['operations'][string] {
  if (action === '') throw new RpcError(400, 'MissingAction', 'Action is mandatory for this action.')
  if (version === '') throw new RpcError(400, 'MissingVersion', 'Version is mandatory for this action.')
  if (product === undefined) throw new RpcError(400, 'InvalidVersion', 'Specified parameter Version is not valid.')
  const operation = Object.hasOwn(product.operations, action) ? product.operations[action] : undefined
  if (operation !== undefined) return operation
  throw new RpcError(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.')
}

function newRequestId(): string {
  return randomUUID().toUpperCase()
}
