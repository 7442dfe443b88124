import { Agent, request } from 'undici'
import { type NetworkReason, networkTrouble } from '../cloud/network-trouble.ts'
import type { Clock } from '../lib/clock.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** An address that is called, and the option that names it. */
export interface Endpoint {
  /** `queue ecs-cms-event`, `logstore`, `ecs`. */
  readonly name: string
  readonly origin: string
  readonly option: string
}

const TIMEOUT_MS = 5_000
/** What the services accept (SMQ "Signature", SLS "Request signatures"); the control plane says the same. */
const MAX_SKEW_MS = 15 * 60_000
/** From here on somebody should look after the clock. */
const LARGE_SKEW_MS = 60_000

/**
 * Asks an endpoint without signing: any HTTP answer tells that it can be reached, that its certificate is trusted, and by its
 * Date header (RFC 9110, section 6.6.1) how far the clocks are apart.
 */
export async function checkEndpoint({ name, origin, option }: Endpoint, clock: Clock): Promise<Finding> {
  const check = `endpoint of ${name}`
  const agent = new Agent({ connect: { timeout: TIMEOUT_MS, rejectUnauthorized: true } })
  try {
    const startedMs = clock.now()
    const limits = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS }
    const answer = await request(`${origin}/`, { method: 'GET', dispatcher: agent, ...limits })
    const middleMs = (startedMs + clock.now()) / 2
    answer.body.on('error', () => undefined)
    answer.body.destroy()
    return clockFinding(check, `${origin} answers`, Date.parse(String(answer.headers['date'])) - middleMs)
  } catch (thrown) {
    const { reason, hint } = networkTrouble(thrown)
    return problem(check, `no answer from ${origin}: ${SAYS[reason]}${hint}`, todoOf(reason, option))
  } finally {
    await agent.destroy()
  }
}

function clockFinding(check: string, answers: string, skewMs: number): Finding {
  if (Number.isNaN(skewMs)) return ok(check, `${answers}; it does not tell its time`)
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  // The header tells whole seconds.
  const far =
    seconds <= 2 ? 'the clocks agree' : `this machine's clock is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead'}`
  const found = `${answers}; ${far}`
  const todo = 'Set the clock of this machine (NTP): requests that are 15 minutes off are refused.'
  if (Math.abs(skewMs) >= MAX_SKEW_MS) return problem(check, found, todo)
  return Math.abs(skewMs) >= LARGE_SKEW_MS ? warning(check, found, todo) : ok(check, found)
}

const SAYS: Readonly<Record<NetworkReason, string>> = {
  Aborted: 'given up by this process',
  Timeout: `no answer within ${TIMEOUT_MS / 1_000} s`,
  ConnectionRefused: 'nothing listens there',
  ConnectionReset: 'the connection was closed',
  HostNotFound: 'its name is not known, or can not be looked up',
  Unreachable: `no connection to it is possible within ${TIMEOUT_MS / 1_000} s`,
  TlsFailure: 'no trusted TLS connection is possible',
  AnswerTooLarge: 'the answer is too large',
  NotHttp: 'what answers there does not speak HTTP',
  InvalidRequest: 'it can not be asked over HTTP',
  ConnectionFailed: 'the connection failed'
}

function todoOf(reason: NetworkReason, option: string): string {
  if (reason === 'TlsFailure') return `Check ${option}; name a private authority in NODE_EXTRA_CA_CERTS.`
  return `Check ${option}, DNS, network and firewall (security group).`
}
