import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `reconcile`: the log against what really exists. */
export const reconcileCommand: Command = {
  ...MENU.reconcile,
  options: [
    { flags: '--since <duration>', description: 'how far to look back in the log', default: '90d' },
    {
      flags: '--region <id>',
      description: 'a region to ask (default: that of the configuration); may be given several times',
      repeated: true
    },
    { flags: '--record', description: 'record what was missed, marked as reconciled' }
  ],
  run: async (invocation) => (await import('./reconcile-run.ts')).reconcileLog(invocation)
}
