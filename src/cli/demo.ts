import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `demo` (`npm start`): the real consumer against the sandbox with a simulated fleet. */
export const demoCommand: Command = {
  ...MENU.demo,
  options: [
    { flags: '--instances <n>', description: 'size of the simulated fleet', default: '12' },
    { flags: '--seconds <n>', description: 'end after so many seconds (default: at Ctrl-C)' }
  ],
  run: async (invocation) => (await import('./demo-show.ts')).demo(invocation)
}
