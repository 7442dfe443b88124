import { RpcError } from '../../rpc-product.ts'
import type { BackendKey } from '../backend.ts'
import { clbRefusal } from './clb-refusals.ts'

/** One element of BackendServers; what it leaves out is undefined. */
export interface WantedServer extends BackendKey {
  readonly type: string
  readonly weight: number | undefined
  readonly description: string | undefined
  /** `Master` or `Slave`, in a primary/secondary group. */
  readonly role: string | undefined
}

const MAX_SERVERS = 20
const TYPES: readonly string[] = ['ecs', 'eni', 'eci']

/**
 * Reads BackendServers, a JSON array in a text. Numbers may be texts, as the vendor's samples write them, and the quotes
 * single ones, as in its Python samples. A default group has no ports: one that is given there is passed over.
 *
 * @throws RpcError in the service's words
 */
export function readBackendServers(text: string, group: 'vServer' | 'default'): WantedServer[] {
  if (text === '') throw clbRefusal('MissingParameter', 'BackendServers')
  const entries = readJson(text) ?? readJson(text.replaceAll("'", '"'))
  if (!Array.isArray(entries) || entries.length === 0) throw clbRefusal('BackendServersMalformed')
  if (entries.length > MAX_SERVERS) throw clbRefusal('TooManyBackendServers')
  return entries.map((entry: unknown) => readServer(entry, group))
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readServer(entry: unknown, group: 'vServer' | 'default'): WantedServer {
  if (typeof entry !== 'object' || entry === null) throw clbRefusal('BackendServersMalformed')
  const fields = new Map<string, unknown>(Object.entries(entry))
  const serverId = readText(fields.get('ServerId')) ?? ''
  const type = readText(fields.get('Type')) ?? 'ecs'
  if (serverId === '' || !TYPES.includes(type)) throw clbRefusal('BackendServersMalformed')
  return {
    serverId,
    serverIp: readText(fields.get('ServerIp')) ?? '',
    port: group === 'default' ? 0 : readPort(fields.get('Port')),
    type,
    weight: readWeight(fields.get('Weight')),
    description: readText(fields.get('Description')),
    role: readText(fields.get('ServerType'))
  }
}

function readText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw clbRefusal('BackendServersMalformed')
  return value
}

function readPort(value: unknown): number {
  const port = readNumber(value)
  if (port !== undefined && port >= 1 && port <= 65_535) return port
  const rule = 'The specified BackendServers is invalid, as the Port value should be in [1, 65535].'
  throw new RpcError(400, 'InvalidParameter', rule)
}

function readWeight(value: unknown): number | undefined {
  const weight = readNumber(value)
  if (weight === undefined || (weight >= 0 && weight <= 100)) return weight
  throw clbRefusal('InvalidWeight.Malformed')
}

/** NaN for what is no whole number. */
function readNumber(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'number' && typeof value !== 'string') return Number.NaN
  return /^\d+$/.test(String(value)) ? Number(value) : Number.NaN
}
