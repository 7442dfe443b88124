import { chooseCredentials } from '../cloud/choose-credentials.ts'
import type { CredentialSource } from '../cloud/credentials.ts'
import { RegionalCloud } from '../cloud/regional-cloud.ts'
import { rpcEndpoint } from '../cloud/rpc/rpc-endpoint.ts'
import { calledProducts } from '../config/called-products.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../lib/clock.ts'
import { errorMessage } from '../lib/errors.ts'
import { Scope } from '../lib/scope.ts'
import { slsEndpoint } from '../logstore/endpoint.ts'
import { SlsClient } from '../logstore/sls-client.ts'
import { createMnsSource } from '../queue/mns-source.ts'
import { silentLog } from '../telemetry/log.ts'
import { checkControlPlane } from './check-control-plane.ts'
import { checkEndpoint, type Endpoint } from './check-endpoint.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkLogstore } from './check-logstore.ts'
import { checkQueue } from './check-queue.ts'
import { type Finding, ok, problem, skipped } from './finding.ts'

export interface ExamineOptions {
  readonly config: Config
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly signal: AbortSignal
}

interface Parts extends ExamineOptions {
  readonly credentials: CredentialSource
  readonly scope: Scope
}

/** Every check of a configuration, one finding after the other. Changes nothing in the cloud. */
export async function* examine(options: ExamineOptions): AsyncGenerator<Finding> {
  const { config, environment, clock } = options
  yield checkEnvironment(environment, process.versions.node)
  const scope = new Scope()
  try {
    const credentials = chooseCredentials(config, clock, silentLog)
    const parts = { ...options, credentials, scope }
    const reached = new Map<string, boolean>()
    for (const endpoint of endpointsOf(config)) {
      const finding = await checkEndpoint(endpoint, clock)
      reached.set(endpoint.name, finding.state !== 'problem')
      yield finding
    }
    const key = await credentialsFinding(config, credentials)
    yield key
    const why = (name: string): string | undefined => {
      if (key.state === 'problem') return 'there are no credentials'
      return reached.get(name) === false ? 'its endpoint can not be used' : undefined
    }
    yield* queueFindings(parts, why)
    yield* logstoreFindings(parts, why('logstore'))
    yield* controlPlaneFindings(parts, key.state === 'problem')
  } finally {
    await scope.close()
  }
}

/** Every address that the configuration makes the service call, each once. */
function endpointsOf(config: Config): Endpoint[] {
  const { logstore, queues, region, endpoints } = config
  const { protocol, connectHost, connectPort } = slsEndpoint(logstore.endpoint, logstore.project)
  const host = connectHost.includes(':') ? `[${connectHost}]` : connectHost
  return [
    ...queues.map(({ name, endpoint }) => ({
      name: `queue ${name}`,
      origin: new URL(endpoint).origin,
      option: 'queue.endpoint'
    })),
    { name: 'logstore', origin: `${protocol}//${host}:${connectPort}`, option: 'logstore.endpoint' },
    ...calledProducts(config).map((product) => ({
      ...{ name: product, option: `endpoints.${product}` },
      origin: rpcEndpoint({ product, region, endpoint: endpoints[product] }).origin
    }))
  ]
}

async function credentialsFinding(config: Config, credentials: CredentialSource): Promise<Finding> {
  try {
    const { securityToken } = await credentials.get()
    const from = config.credentials === undefined ? 'the default chain' : 'the configuration file'
    return ok('credentials', `from ${from}, ${securityToken === '' ? 'a lasting key' : 'with a security token'}`)
  } catch (thrown) {
    const message = errorMessage(thrown)
    const cut = message.lastIndexOf('. Set ')
    return cut < 0
      ? problem('credentials', message, '')
      : problem('credentials', message.slice(0, cut), `${message.slice(cut + 2)}.`)
  }
}

async function* queueFindings(parts: Parts, why: (name: string) => string | undefined): AsyncGenerator<Finding> {
  const { config, credentials, clock, scope } = parts
  for (const queue of config.queues) {
    const check = `queue ${queue.name}`
    const reason = why(check)
    if (reason !== undefined) {
      yield skipped(check, reason)
      continue
    }
    const { visibility: visibilityMs, ...rest } = queue
    const source = createMnsSource({ ...rest, visibilityMs, credentials, clock })
    scope.defer(check, () => source.close())
    yield* await checkQueue(source, queue, config)
  }
}

async function* logstoreFindings(parts: Parts, reason: string | undefined): AsyncGenerator<Finding> {
  const { config, credentials, clock, scope } = parts
  const { endpoint, project, name } = config.logstore
  if (reason !== undefined) {
    yield skipped(`logstore ${project}/${name}`, reason)
    return
  }
  const client = new SlsClient({ endpoint, region: config.region, project, credentials, clock })
  scope.defer('logstore', () => client.close())
  yield* await checkLogstore({ ...parts, client })
}

async function* controlPlaneFindings(parts: Parts, noKey: boolean): AsyncGenerator<Finding> {
  const { config, credentials, clock, signal, scope } = parts
  if (calledProducts(config).length === 0) {
    yield skipped('actions', 'no action and no snapshots are switched on')
    return
  }
  if (noKey) {
    yield skipped('actions', 'there are no credentials')
    return
  }
  const { region, endpoints } = config
  const cloud = new RegionalCloud({ region, endpoints, credentials, clock, log: silentLog, refreshMs: 60_000 })
  scope.defer('cloud', () => cloud.close())
  yield* await checkControlPlane(config, { cloud, clock, signal })
}
