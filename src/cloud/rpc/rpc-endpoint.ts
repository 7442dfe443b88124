import { AuditError } from '../../lib/errors.ts'
import { isLoopback } from '../../lib/loopback.ts'

/** A product of the control plane whose calls are of the RPC style, by the name in its endpoints. */
export type RpcProduct = 'ecs' | 'slb' | 'alb' | 'nlb' | 'actiontrail'

/** Where a product answers. */
export interface RpcEndpoint {
  /** `https://ecs.cn-beijing.aliyuncs.com` */
  readonly origin: string
  /** Host and port, as every request is signed for it. */
  readonly host: string
}

export interface RpcEndpointOptions {
  readonly product: RpcProduct
  /** A URL without path; '' for the public endpoint of the region. */
  readonly endpoint: string
  /** `cn-hangzhou` */
  readonly region: string
}

/**
 * Reads an endpoint as configured, or finds the product's public one in the region.
 *
 * @throws AuditError `config` for anything but an https URL without path, or a region that is none; plain http is for
 * loopback addresses only, because a security token travels in it
 */
export function rpcEndpoint({ product, endpoint, region }: RpcEndpointOptions): RpcEndpoint {
  if (!isRegionId(region)) throw new AuditError('config', 'Cannot use region: expected an id such as cn-hangzhou')
  const text = endpoint === '' ? `https://${publicHost(product, region)}` : endpoint
  const refused = (expected: string): AuditError =>
    // The text itself stays out of the message: it may hold a password.
    new AuditError(
      'config',
      `Cannot use endpoints.${product}: expected ${expected}, for example https://${publicHost(product, region)}`
    )
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw refused('an https URL')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw refused('a URL without path and query')
  if (url.username !== '' || url.password !== '') throw refused('a URL without user and password')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw refused('https for a host other than this machine')
  return { origin: url.origin, host: url.host }
}

/** True for what may be a region's id. Events bring theirs from outside: none becomes part of a host name unchecked. */
export function isRegionId(text: string): boolean {
  return /^[a-z]{2}-[a-z0-9-]{1,29}[a-z0-9]$/.test(text)
}

/**
 * The endpoints that do not follow the rule (the endpoint map of `@alicloud/ecs20140526`, which for all other public
 * regions, as those of the other products, gives `<product>.<region>.aliyuncs.com`).
 */
const IRREGULAR: Readonly<Record<string, string>> = {
  'ecs.cn-hangzhou': 'ecs-cn-hangzhou.aliyuncs.com',
  'ecs.cn-hangzhou-finance': 'ecs.aliyuncs.com',
  'ecs.cn-shanghai-finance-1': 'ecs-cn-hangzhou.aliyuncs.com',
  'ecs.cn-shenzhen-finance-1': 'ecs-cn-hangzhou.aliyuncs.com',
  'ecs.cn-north-2-gov-1': 'ecs.aliyuncs.com',
  'ecs.cn-beijing-gov-1': 'ecs.aliyuncs.com'
}

function publicHost(product: RpcProduct, region: string): string {
  return IRREGULAR[`${product}.${region}`] ?? `${product}.${region}.aliyuncs.com`
}
