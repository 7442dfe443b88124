import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

type Sdk = typeof import('@alicloud/sls20201230')
type OpenApi = typeof import('@alicloud/openapi-core')

/** The vendor's current SDK, untouched. */
export const sdk = load('@alicloud/sls20201230') as Sdk
const { $OpenApiUtil } = load('@alicloud/openapi-core') as OpenApi
const $dara = load('@darabonba/typescript') as typeof import('@darabonba/typescript')

export type StockSlsClient = InstanceType<Sdk['default']>

/**
 * A client that reaches a loopback port without a patch: project `127` and endpoint `0.0.1:PORT` make the host
 * `127.0.0.1:PORT`.
 */
export function stockSlsClient(
  port: number,
  keys: { accessKeyId: string; accessKeySecret: string; region: string },
  signatureVersion?: 'v4'
): StockSlsClient {
  const { accessKeyId, accessKeySecret, region: regionId } = keys
  return new sdk.default(
    new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret,
      regionId,
      endpoint: `0.0.1:${port}`,
      protocol: 'http',
      ...(signatureVersion !== undefined && { signatureVersion })
    })
  )
}

/** PutLogs through `execute()`: the SDK's own putLogs can't send a body. */
export async function stockPutLogs(
  client: StockSlsClient,
  logstore: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>
): Promise<void> {
  await client.execute(
    new $OpenApiUtil.Params({
      action: 'PutLogs',
      version: '2020-12-30',
      protocol: 'HTTP',
      pathname: `/logstores/${logstore}/shards/lb`,
      method: 'POST',
      authType: 'AK',
      style: 'ROA',
      reqBodyType: 'binary',
      bodyType: 'none'
    }),
    new $OpenApiUtil.OpenApiRequest({
      hostMap: { project: '127' },
      body,
      headers: { 'content-type': 'application/x-protobuf', ...headers }
    }),
    new $dara.RuntimeOptions({ readTimeout: 10_000, connectTimeout: 10_000 })
  )
}

/** What the tests use of the vendor's older client, which has no types. */
export interface OldLogClient {
  postLogStoreLogs(project: string, logstore: string, data: unknown): Promise<unknown>
  getLogs(project: string, logstore: string, from: Date, to: Date, data: object): Promise<Array<Record<string, string>>>
  createLogStore(project: string, logstore: string, data: object): Promise<unknown>
  getLogStore(project: string, logstore: string): Promise<{ ttl: number; shardCount: number }>
  listLogStore(project: string, data: object): Promise<{ total: number; logstores: string[] }>
  deleteLogStore(project: string, logstore: string): Promise<unknown>
  createIndex(project: string, logstore: string, index: object): Promise<unknown>
  getIndexConfig(project: string, logstore: string): Promise<{ keys: Record<string, unknown> }>
}

/** The vendor's older client, by the same trick. */
export function oldLogClient(port: number, keys: { accessKeyId: string; accessKeySecret: string }): OldLogClient {
  const Client = load('@alicloud/log') as new (config: object) => OldLogClient
  return new Client({ ...keys, endpoint: `http://0.0.1:${port}` })
}
