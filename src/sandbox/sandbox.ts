import { mkdirSync } from 'node:fs'
import { SANDBOX_KEYS, SANDBOX_NAMES, SANDBOX_VISIBILITY_S, type SandboxAddress } from './address.ts'
import { ControlPlaneStub } from './control-plane-stub.ts'
import { type FaultRule, Faults } from './faults.ts'
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { createMnsService, type MnsService } from './mns/mns-service.ts'
import { seededRandom } from './random.ts'
import { createSlsService, type SlsService } from './sls/sls-service.ts'

export interface SandboxOptions {
  /** MNS listens here, SLS on the next port, the control plane on the one after; 0 picks free ones. */
  readonly port: number
  /** Keeps messages and logs over restarts; without it they are in memory. Created if it does not exist. */
  readonly dataDir?: string | undefined
  readonly faults?: readonly FaultRule[]
  /** For the chance of faults. */
  readonly seed?: number
  /** The logstore's index, in the wire form of CreateIndex. */
  readonly index: Readonly<Record<string, unknown>>
  /** A log for which this says true makes its whole PutLogs be refused as PostBodyInvalid: for tests. */
  readonly refuse?: (fields: Readonly<Record<string, string>>) => boolean
}

/** The running stand-in. */
export interface Sandbox {
  readonly address: SandboxAddress
  readonly mns: MnsService
  readonly sls: SlsService
  readonly faults: Faults
  /** Requests received so far, by service and operation. */
  readonly counts: { readonly mns: ReadonlyMap<string, number>; readonly sls: ReadonlyMap<string, number> }
  /** Ends every connection and closes the stores. Idempotent. */
  close(): Promise<void>
}

/** Starts MNS, SLS and the control plane on 127.0.0.1, with one queue and one indexed logstore. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, dataDir, index, refuse } = options
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true })
  const { queue, project, logstore, region } = SANDBOX_NAMES
  const stored = dataDir === undefined ? {} : { dataDir }
  const faults = new Faults(options.seed === undefined ? Math.random : seededRandom(options.seed))
  for (const rule of options.faults ?? []) faults.add(rule)

  const mns = await createMnsService({ ...SANDBOX_KEYS, ...stored })
  const sls = await createSlsService({ ...SANDBOX_KEYS, ...stored, region, ...(refuse && { refuse }) })
  mns.createQueue(queue, { visibilityTimeout: SANDBOX_VISIBILITY_S })
  if (!sls.hasProject(project)) await sls.createProject(project)
  if (!sls.hasLogstore(project, logstore)) await sls.createLogstore(project, logstore, { ttl: 365, shards: 2 }, index)

  const servers: LoopbackServer[] = []
  const serve = async (service: Parameters<typeof startLoopbackServer>[0], offset: number): Promise<LoopbackServer> => {
    const server = await startLoopbackServer(service, { port: port === 0 ? 0 : port + offset, faults })
    servers.push(server)
    return server
  }
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()))
    await mns.close()
    await sls.close()
  }
  try {
    const [mnsServer, slsServer, control] = [
      await serve(mns, 0),
      await serve(sls, 1),
      await serve(new ControlPlaneStub(), 2)
    ]
    const { url } = control
    const address = {
      mns: mnsServer.url,
      sls: slsServer.url,
      ecs: url,
      slb: url,
      alb: url,
      nlb: url,
      ...SANDBOX_NAMES,
      ...SANDBOX_KEYS
    }
    let closing: Promise<void> | undefined
    return {
      address,
      mns,
      sls,
      faults,
      counts: { mns: mnsServer.counts, sls: slsServer.counts },
      close: () => {
        closing ??= close()
        return closing
      }
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}
