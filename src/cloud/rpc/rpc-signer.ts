import { createHash, randomUUID } from 'node:crypto'
import { stringify } from 'node:querystring'
import type { Credentials } from '../credentials.ts'
import { requireSdk } from '../sdk.ts'

/** A request ready to be sent. */
export interface SignedRequest {
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** What must not appear in any message about this request. */
  readonly secrets: readonly string[]
}

export interface RpcSigning {
  readonly action: string
  readonly query: Readonly<Record<string, unknown>>
  readonly credentials: Credentials
  /** The service's time, epoch ms, as far as it is known. */
  readonly nowMs: number
}

/** Builds and signs one request; each time with a nonce of its own. */
export type RpcSigner = (signing: RpcSigning) => SignedRequest

/** What this project uses of `@alicloud/openapi-core`. */
interface OpenApiCore {
  readonly OpenApiUtil: {
    /** Flattens arrays and objects: `Servers.1.ServerId`. */
    query(filter: Readonly<Record<string, unknown>>): Record<string, string>
    getUserAgent(addition: string): string
    getAuthorization(
      request: { method: string; pathname: string; query: Record<string, string>; headers: Record<string, string> },
      algorithm: string,
      bodyHash: string,
      accessKeyId: string,
      accessKeySecret: string
    ): string
  }
}

const ALGORITHM = 'ACS3-HMAC-SHA256'
const EMPTY_BODY_HASH = createHash('sha256').digest('hex')

/**
 * Signs calls of one product with `@alicloud/openapi-core`, which is loaded here (OpenAPI, "Request syntax and
 * signature method V3"). Its parameter flattening and its signature are used, and not its `callApi`, which builds, sends
 * and reads in one piece around a transport that cannot be aborted, opens any number of connections, takes a slow answer
 * for a failed connection, and loses the status of an answer that is not JSON.
 *
 * @param host host and port that the requests go to
 * @param version API version of the product: `2014-05-26`
 */
export function createRpcSigner(host: string, version: string): RpcSigner {
  const { OpenApiUtil } = requireSdk<OpenApiCore>('@alicloud/openapi-core')
  const userAgent = OpenApiUtil.getUserAgent('ecs-audit')
  return ({ action, query, credentials, nowMs }) => {
    const { accessKeyId, accessKeySecret, securityToken } = credentials
    const parameters = OpenApiUtil.query(query)
    const headers: Record<string, string> = {
      host,
      accept: 'application/json',
      'user-agent': userAgent,
      'x-acs-action': action,
      'x-acs-version': version,
      'x-acs-date': `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
      'x-acs-signature-nonce': randomUUID(),
      'x-acs-content-sha256': EMPTY_BODY_HASH,
      ...(securityToken === '' ? {} : { 'x-acs-accesskey-id': accessKeyId, 'x-acs-security-token': securityToken })
    }
    const unsigned = { method: 'POST', pathname: '/', query: parameters, headers }
    const authorization = OpenApiUtil.getAuthorization(
      unsigned,
      ALGORITHM,
      EMPTY_BODY_HASH,
      accessKeyId,
      accessKeySecret
    )
    const signature = authorization.split('Signature=')[1] ?? ''
    return {
      path: `/?${stringify(parameters)}`,
      headers: { ...headers, authorization },
      secrets: [
        authorization,
        signature,
        accessKeySecret,
        securityToken,
        encodeURIComponent(securityToken),
        accessKeyId
      ].filter((text) => text !== '')
    }
  }
}
