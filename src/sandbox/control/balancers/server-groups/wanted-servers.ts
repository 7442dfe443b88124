import type { RpcParameters } from '../../rpc-product.ts'
import { type BackendKey, isSameBackend } from '../backend.ts'
import { type Dialect, refuse } from './dialect.ts'

/** One `Servers.N` of a call; what it leaves out is undefined. */
export interface WantedServer extends BackendKey {
  readonly type: string
  readonly weight: number | undefined
  readonly description: string | undefined
}

const TYPES: readonly string[] = ['Ecs', 'Eni', 'Eci', 'Ip']

/**
 * Reads `Servers.1.ServerId`, `Servers.1.Port` and so on.
 *
 * @param max how many one call may name
 * @throws RpcError in the service's words
 */
export function readServers(
  parameters: RpcParameters,
  { name, max, dialect }: { readonly name: string; readonly max: number; readonly dialect: Dialect }
): WantedServer[] {
  const objects = parameters.objects(name)
  if (objects.length === 0) throw refuse(dialect, 'MissingParam', name)
  if (objects.length > max) throw refuse(dialect, 'IllegalParam', name)
  const servers = objects.map((object) => readServer(object, dialect))
  const isTwice = (server: WantedServer, index: number): boolean =>
    servers.slice(0, index).some((other) => isSameBackend(other, server))
  if (servers.some(isTwice)) throw refuse(dialect, 'DuplicatedParam.Server')
  return servers
}

function readServer(object: Readonly<Record<string, string>>, dialect: Dialect): WantedServer {
  const { ServerId: serverId = '', ServerType: type = '', ServerIp: serverIp = '', Description: description } = object
  if (serverId === '') throw refuse(dialect, 'MissingParam', 'ServerId')
  if (!TYPES.includes(type)) throw refuse(dialect, 'IllegalParam', 'ServerType')
  const port = readNumber(object['Port']) ?? 0
  if (!(port >= dialect.minPort && port <= 65_535)) throw refuse(dialect, 'IllegalParam', 'Port')
  const weight = readNumber(object['Weight'])
  if (weight !== undefined && !(weight >= 0 && weight <= 100)) throw refuse(dialect, 'IllegalParam', 'Weight')
  return { serverId, serverIp, port, type, weight, description }
}

/** NaN for what is no whole number. */
function readNumber(text = ''): number | undefined {
  if (text === '') return undefined
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}
