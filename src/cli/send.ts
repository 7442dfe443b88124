import type { Command } from './command.ts'

/** `send`: puts events on the queue, as CloudMonitor would. */
export const sendCommand: Command = {
  name: 'send',
  summary: 'Put events on the queue, one JSON a line',
  argument: { name: '[file]', description: 'one event a line; - or nothing reads stdin' },
  options: [
    { flags: '--raw', description: 'send the lines as they are, not base64-encoded as CloudMonitor does' },
    { flags: '--queue <name>', description: 'which of several configured queues' }
  ],
  run: async (invocation) => (await import('./send-events.ts')).sendEvents(invocation)
}
