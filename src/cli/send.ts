import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `send`: puts events on the queue, as CloudMonitor would. */
export const sendCommand: Command = {
  ...MENU.send,
  options: [
    { flags: '--raw', description: 'send the lines as they are, not base64-encoded as CloudMonitor does' },
    { flags: '--queue <name>', description: 'which of several configured queues' }
  ],
  run: async (invocation) => (await import('./send-events.ts')).sendEvents(invocation)
}
