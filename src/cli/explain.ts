import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `explain`: what would be recorded and done for these events, without a cloud. */
export const explainCommand: Command = {
  ...MENU.explain,
  options: [
    {
      flags: '--instances <file>',
      description: 'what DescribeInstances answered, JSON: these instances are as it says, not as the rules hope'
    }
  ],
  run: async (invocation) => (await import('./explain-events.ts')).explainEvents(invocation)
}
