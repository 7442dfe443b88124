import type { ActionDesk } from '../../src/actions/desk.ts'

/** A desk at which nothing is ever done. */
export const idleDesk: ActionDesk = {
  size: 0,
  take: () => undefined,
  idle: async () => undefined,
  stop: async () => undefined
}
