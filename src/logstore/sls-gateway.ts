import type GatewaySls from '@alicloud/gateway-sls'
import { requireSdk } from '../cloud/sdk.ts'

const { default: GatewayClient } = requireSdk<typeof GatewaySls>('@alicloud/gateway-sls')

/** What the gateway signs and reads: one call's request, configuration and response. */
export type GatewayContext = Parameters<InstanceType<typeof GatewayClient>['modifyRequest']>[0]

/**
 * The SDK's signer and reader, with a clock that can be corrected, and with query parameters signed as they are sent: the
 * stock one leaves !'() and every * but the first as they are, which the service reads encoded.
 */
export class SlsGateway extends GatewayClient {
  readonly #nowMs: () => number

  /** @param nowMs the service's clock as far as it is known, epoch ms */
  constructor(nowMs: () => number) {
    super()
    this.#nowMs = nowMs
  }

  override async getDateISO8601(): Promise<string> {
    return new Date(this.#nowMs()).toISOString().replace(/\.\d+|[-:]/g, '')
  }

  override async buildCanonicalizedResourceV4(query: Readonly<Record<string, string>>): Promise<string> {
    const pairs = Object.entries(query).sort(([one], [other]) => (one < other ? -1 : 1))
    return pairs.map(([key, value]) => (value ? `${key}=${percentEncode(value)}` : key)).join('&')
  }
}

/** Path and query as they go out. */
export function requestTarget(pathname: string, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
  return pairs.length === 0 ? pathname : `${pathname}?${pairs.join('&')}`
}

/** RFC 3986, section 2: all but unreserved characters. */
function percentEncode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/[!'()*]/g, hex)
}
