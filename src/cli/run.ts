import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `run`: the consumer, as a service or until its queues are empty. */
export const runCommand: Command = {
  ...MENU.run,
  options: [
    { flags: '--until-empty', description: 'the batch form: stop when the queue is empty and everything is stored' },
    { flags: '--dry-run', description: 'decide and record actions, change nothing (actions.dryRun)' }
  ],
  run: async (invocation) => (await import('./run-service.ts')).runService(invocation)
}
