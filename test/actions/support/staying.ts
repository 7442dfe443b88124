import type { Balancers } from '../../../src/sandbox/control/balancers/balancers.ts'
import type { Membership } from '../../../src/sandbox/control/balancers/membership.ts'

/** The places of an instance in server groups. One that is being removed gets no new connections: it is out. */
export function stayingOf(balancers: Pick<Balancers, 'memberships'>, instanceId: string): Membership[] {
  return balancers.memberships(instanceId).filter(({ status }) => status !== 'Removing')
}
