import { Readable } from 'node:stream'
import type OpenApiCore from '@alicloud/openapi-core'
import type Sls from '@alicloud/sls20201230'
import type Darabonba from '@darabonba/typescript'
import type { Credentials } from '../cloud/credentials.ts'
import { requireSdk } from '../cloud/sdk.ts'
import { requireSdkWithout } from '../cloud/sdk-without.ts'
import { AuditError } from '../lib/errors.ts'
import { type Failure, failureOf } from './answer-fault.ts'
import { CallFailure } from './call-failure.ts'
import { type SlsEndpoint, slsEndpoint } from './endpoint.ts'
import { type GatewayContext, requestTarget, SlsGateway } from './sls-gateway.ts'
import { DEFAULT_TIMEOUT_MS, type SlsOptions } from './sls-options.ts'
import { Wire, type WireAnswer } from './wire.ts'

/** Its 448 models are for typed operations, of which the service calls none: 190 ms and 10 MB of 450 ms and 40 MB. */
const { default: SlsClient } = requireSdkWithout<typeof Sls>('@alicloud/sls20201230', './models/model')
const { $OpenApiUtil } = requireSdk<typeof OpenApiCore>('@alicloud/openapi-core')
const { RuntimeOptions } = requireSdk<typeof Darabonba>('@darabonba/typescript')

export const { Params, OpenApiRequest } = $OpenApiUtil

type Execute = InstanceType<typeof SlsClient>['execute']
type ExecuteParams = Parameters<Execute>[0]
type ExecuteRequest = Parameters<Execute>[1]
type Runtime = Parameters<Execute>[2]

/** How long one exchange may take, and what ends it early. */
export function exchangeOptions(timeoutMs: number, signal: AbortSignal | undefined): Runtime {
  return Object.assign(new RuntimeOptions({ readTimeout: timeoutMs, connectTimeout: timeoutMs }), { signal })
}

/**
 * The official SLS client with `execute()` replaced, through which all its operations go. The SDK still builds, signs
 * (version 4) and reads; what is ours is the transport between, because the stock one holds every sent body until its
 * timeout has passed (450 MB after 1,500 puts of 300 KB), takes any 2xx or 3xx for a success, has no way to abort a call
 * or to close its connections, and connects to no address but `<project>.<endpoint>`. One per project.
 */
export class SlsSdk extends SlsClient {
  readonly #address: SlsEndpoint
  readonly #options: SlsOptions
  readonly #wire: Wire
  /** The service's clock minus ours, milliseconds, as far as a refusal has told. */
  #skewMs = 0

  /** @throws AuditError `config` when the endpoint cannot be used */
  constructor(options: SlsOptions) {
    const address = slsEndpoint(options.endpoint, options.project)
    super(new $OpenApiUtil.Config({ endpoint: address.host, regionId: options.region, signatureVersion: 'v4' }))
    this.#address = address
    this.#options = options
    this.#wire = new Wire(address, options.clock)
    this._spi = new SlsGateway(() => options.clock.now() + this.#skewMs)
  }

  /** @throws CallFailure; AuditError `denied` when there are no credentials */
  override async execute(params: ExecuteParams, request: ExecuteRequest, runtime: Runtime): ReturnType<Execute> {
    const first = await this.#attempt(params, request, runtime)
    const resign = first.failure?.remedy === 'resign' && this.#learnSkew(first)
    const { context, answer, failure } = resign ? await this.#attempt(params, request, runtime) : first
    if (failure !== undefined) throw new CallFailure(this.#withSkew(failure))
    const { status: statusCode, headers } = answer
    context.response = { statusCode, headers, body: Readable.from([answer.body]) } as GatewayContext['response']
    await this._spi.modifyResponse(context, this._attributeMap)
    return { statusCode, headers, body: context.response.deserializedBody }
  }

  /** Ends running calls as aborted and closes all connections. Idempotent. */
  close(): Promise<void> {
    return this.#wire.close()
  }

  async #attempt(params: ExecuteParams, request: ExecuteRequest, runtime: Runtime): Promise<Attempt> {
    const credentials = await this.#options.credentials.get()
    const context = this.#contextOf(params, request, credentials)
    const skewMs = this.#skewMs
    await this._spi.modifyRequest(context, this._attributeMap)
    const { method, pathname, query = {}, headers = {}, stream } = context.request
    const signal: unknown = runtime['signal']
    const outcome = await this.#wire.exchange({
      method,
      target: requestTarget(pathname, query),
      headers,
      body: stream === undefined ? undefined : await bytesOf(stream),
      timeoutMs: runtime.readTimeout ?? DEFAULT_TIMEOUT_MS,
      signal: signal instanceof AbortSignal ? signal : undefined
    })
    if (outcome.kind === 'failed') throw new CallFailure({ fault: outcome.fault, remedy: 'retry' })
    const secrets = secretsOf(headers, credentials)
    const failure = failureOf(outcome.answer, { secrets, privateBody: params.action === 'PutLogs' })
    return { context, skewMs, answer: outcome.answer, failure }
  }

  #contextOf(params: ExecuteParams, request: ExecuteRequest, credentials: Credentials): GatewayContext {
    const { project } = this.#options
    const asked = request.hostMap?.['project'] ?? project
    if (asked !== project)
      throw new AuditError('internal', `Cannot call project ${asked}: this client is for ${project}`)
    const signed = {
      ...params,
      headers: { ...request.headers },
      query: { ...request.query },
      body: request.body,
      hostMap: { project },
      productId: 'Sls',
      credential: { getCredential: async () => credentials },
      signatureVersion: 'v4',
      userAgent: 'ecs-audit'
    }
    const configuration = { regionId: this.#options.region, endpoint: this.#address.host }
    // The SDK's types ask for instances of its own classes, of which the gateway reads nothing but these fields.
    return { request: signed, configuration } as unknown as GatewayContext
  }

  /** Takes the service's clock from its answer. True when signing by it differs from how this attempt was signed. */
  #learnSkew({ answer, skewMs }: Attempt): boolean {
    const serverMs = Date.parse(answer.headers['date'] ?? '')
    if (!Number.isNaN(serverMs)) this.#skewMs = serverMs - this.#options.clock.now()
    return Math.abs(this.#skewMs - skewMs) >= MIN_SKEW_CHANGE_MS
  }

  #withSkew({ fault, remedy }: Failure): Failure {
    if (fault.class !== 'clock' || this.#skewMs === 0) return { fault, remedy }
    const seconds = Math.round(Math.abs(this.#skewMs) / 1000)
    const way = this.#skewMs > 0 ? 'behind' : 'ahead'
    return { fault: { ...fault, message: `${fault.message}; it is ${seconds} s ${way}` }, remedy }
  }
}

interface Attempt {
  readonly context: GatewayContext
  /** By which it was signed. */
  readonly skewMs: number
  readonly answer: WireAnswer
  readonly failure: Failure | undefined
}

/** The service accepts a quarter of an hour; a correction this small cannot be what it asked for. */
const MIN_SKEW_CHANGE_MS = 60_000

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

function secretsOf(headers: Readonly<Record<string, string>>, credentials: Credentials): string[] {
  const authorization = headers['authorization'] ?? ''
  const signature = authorization.split('Signature=')[1] ?? ''
  return [credentials.accessKeySecret, credentials.securityToken, authorization, signature]
}
