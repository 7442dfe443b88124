import type { SandboxAnswer, SandboxRequest } from '../loopback-server.ts'
import type { RpcError } from './rpc-product.ts'

/** What an operation gave, with the id of its request. */
export function rpcAnswer(requestId: string, result: object): SandboxAnswer {
  return jsonAnswer(200, requestId, { RequestId: requestId, ...result })
}

/**
 * The gateway's error document (OpenAPI "Response syntax").
 *
 * @param complete false leaves HostId and Recommend out
 */
export function rpcErrorAnswer(
  { status, code, message }: Pick<RpcError, 'status' | 'code' | 'message'>,
  request: Pick<SandboxRequest, 'headers'>,
  about: { readonly requestId: string; readonly product: string; readonly complete: boolean }
): SandboxAnswer {
  const { requestId, product, complete } = about
  const question = new URLSearchParams({ q: code, product: product.toUpperCase(), requestId })
  const rest = {
    HostId: request.headers['host'] ?? 'localhost',
    Recommend: `https://api.aliyun.com/troubleshoot?${question}`
  }
  return jsonAnswer(status, requestId, {
    RequestId: requestId,
    Code: code,
    Message: message,
    ...(complete ? rest : {})
  })
}

function jsonAnswer(status: number, requestId: string, body: object): SandboxAnswer {
  const headers = { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': requestId }
  return { status, headers, body: JSON.stringify(body) }
}
