import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `sandbox`: serves the stand-in until it is stopped. */
export const sandboxCommand: Command = {
  ...MENU.sandbox,
  options: [
    {
      flags: '--port <n>',
      description: 'MNS listens here, SLS and the control plane on the next two (default: free ports)'
    },
    { flags: '--data <dir>', description: 'keep messages and logs in this directory (default: in memory)' },
    { flags: '--faults <spec>', description: 'play faults: SERVICE[.OPERATION]:FAULT[@key=value], parted by commas' },
    { flags: '--fleet <n>', description: 'simulate so many instances that send events to the queue' },
    { flags: '--bare', description: 'an SLS project without a logstore: `setup` makes it, its index and all the rest' },
    { flags: '--write-config <file>', description: 'write a configuration that points the other commands here' }
  ],
  run: async (invocation) => (await import('./sandbox-serve.ts')).serve(invocation)
}
