import type { Command } from './command.ts'

/** `explain`: what would be recorded and done for these events, without a cloud. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'Show what would be recorded and done for events, and why, without a cloud',
  argument: { name: '<file>', description: 'one message body a line: JSON, or as it was on the queue; - reads stdin' },
  options: [
    {
      flags: '--instances <file>',
      description: 'what DescribeInstances answered, JSON: these instances are as it says, not as the rules hope'
    }
  ],
  run: async (invocation) => (await import('./explain-events.ts')).explainEvents(invocation)
}
