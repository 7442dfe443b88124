import { describeFault, type Fault } from '../cloud/fault.ts'
import { AuditError } from '../lib/errors.ts'

/** A region that was to be asked, and where its name came from. */
export interface AskedRegion {
  readonly region: string
  /** By `--region`, else by the configuration. */
  readonly given: boolean
}

/** What to tell of a region whose instances could not be listed: with the advice that fits the fault. */
export function regionFailure(fault: Fault, { region, given }: AskedRegion): AuditError {
  if (fault.code.startsWith('InvalidRegionId')) {
    const where = given ? `--region ${region}` : `region: ${region}`
    const problem = `Cannot use ${where}: ECS knows no such region (${describeFault(fault)}).`
    return new AuditError(given ? 'usage' : 'config', problem)
  }
  const problem = `Cannot list the instances of ${region}: ${describeFault(fault)}. ${adviceFor(fault)}`
  return new AuditError('unavailable', problem.trimEnd())
}

function adviceFor(fault: Fault): string {
  switch (fault.class) {
    case 'credentials':
      return 'The credentials need ecs:DescribeInstances.'
    case 'clock':
      return 'Set the clock of this machine: requests must be within 15 minutes of the service.'
    case 'throttled':
      return 'The service asks for fewer calls: ask again in a minute.'
    case 'unavailable':
      return 'Check that the region exists, and that ECS can be reached from here (DNS, proxy, endpoints.ecs).'
    case 'missing':
    case 'rejected':
    case 'aborted':
      return ''
    default: {
      const never: never = fault.class
      return never
    }
  }
}
