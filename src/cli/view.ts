import type { Command } from './command.ts'
import { MENU } from './menu.ts'
import { VIEW_PORT } from './view-port.ts'

/** `view`: the page, until it is stopped. */
export const viewCommand: Command = {
  ...MENU.view,
  options: [
    { flags: '--port <n>', description: `where it listens; 0 picks a free port (default: ${VIEW_PORT})` },
    { flags: '--host <address>', description: 'a loopback address', default: '127.0.0.1' },
    { flags: '--dashboards <dir>', description: 'other dashboards, as the SLS console exports them' }
  ],
  run: async (invocation) => (await import('./view-serve.ts')).serveView(invocation)
}
