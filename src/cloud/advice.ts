import { isLoopback } from '../lib/loopback.ts'
import type { Fault } from './fault.ts'

/** What a fault was met at: names the thing in the advice. */
export interface FaultPlace {
  readonly service: 'queue' | 'logstore'
  /** The configured name: a queue's, or `project/logstore`. */
  readonly name: string
  readonly endpoint: string
}

/** What a person can do about a fault, in one or two sentences. */
export function advice(fault: Fault, place: FaultPlace): string {
  const option = place.service === 'queue' ? 'queue' : 'logstore'
  switch (fault.class) {
    case 'missing':
      return missing(fault, place)
    case 'credentials':
      return `Check ${keysOf(place)}, and that they may use the ${option} ${place.name}.`
    case 'clock':
      return 'Set the clock of this machine: requests must be within 15 minutes of the service.'
    case 'throttled':
      return `The service asks for fewer calls; raise its quota, or lower ${place.service === 'queue' ? 'queue.receivers' : 'logstore.puts'} or the number of replicas.`
    case 'unavailable':
      return `Check that ${place.endpoint} can be reached from here (DNS, proxy, security group).`
    case 'rejected':
      return 'The service refuses the request itself: if its own words do not help, please report this line.'
    case 'aborted':
      return ''
    default: {
      const never: never = fault.class
      return never
    }
  }
}

function missing({ code }: Fault, { service, name, endpoint }: FaultPlace): string {
  if (service === 'queue') return `Create the queue "${name}" at ${endpoint}, or correct queue.name and queue.endpoint.`
  const options = 'or correct logstore.project, logstore.name and logstore.endpoint.'
  if (!/^ProjectNotExists?$/.test(code)) return `Run "ecs-audit setup", which makes the logstore ${name}, ${options}`
  const [project] = name.split('/')
  return `Run "ecs-audit setup --create-project", which makes the project ${project} and its logstore, ${options}`
}

/** Where the keys may have come from: a file's are only taken for servers on this machine, and before all others. */
function keysOf({ endpoint }: FaultPlace): string {
  const chain = 'ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (or the RAM role)'
  const local = URL.canParse(endpoint) && isLoopback(new URL(endpoint).hostname)
  return local ? `credentials in the configuration file or, where it has none, ${chain}` : chain
}
