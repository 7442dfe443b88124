import type { Backend, BackendHealth } from '../balancing.ts'
import { type Answer, numberOf, rowsOf, textOf } from './answer.ts'

export type ClbHealth = ReadonlyArray<{ readonly backend: Backend; readonly health: BackendHealth }>

/** Reads the answer of DescribeHealthStatus: a row for each server behind each listener. Undefined when it can't be read. */
export function healthByServer(backends: readonly Backend[], answer: Answer): ClbHealth | undefined {
  const rows = rowsOf(answer, ['BackendServers', 'BackendServer'])
  return rows && backends.map((backend) => ({ backend, health: healthOf(backend, rows) }))
}

/** One failed check counts more than any that is passed. `unavailable`: the listener does not check, or not this one. */
function healthOf(backend: Backend, rows: readonly Answer[]): BackendHealth {
  const words = rows
    .filter((row) => isAbout(row, backend))
    .map((row) => textOf(row, 'ServerHealthStatus').toLowerCase())
  if (words.includes('abnormal')) return 'unhealthy'
  return words.includes('normal') ? 'healthy' : 'unknown'
}

function isAbout(row: Answer, { serverId, serverIp, port }: Backend): boolean {
  if (textOf(row, 'ServerId') !== serverId) return false
  if (port !== undefined && numberOf(row, 'Port') !== port) return false
  const ip = textOf(row, 'ServerIp')
  return ip === '' || serverIp === '' || ip === serverIp
}
