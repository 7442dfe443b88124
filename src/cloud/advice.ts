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
      return place.service === 'queue'
        ? `Create the queue "${place.name}" at ${place.endpoint}, or correct queue.name and queue.endpoint.`
        : `Run "ecs-audit setup", which makes the logstore ${place.name}, or correct logstore.project, logstore.name and logstore.endpoint.`
    case 'credentials':
      return `Check ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (or the RAM role), and that they may use the ${option} ${place.name}.`
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
