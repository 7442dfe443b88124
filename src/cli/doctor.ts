import type { Command } from './command.ts'

/** `doctor`: what is wrong, and what to do about it. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary:
    'Check configuration, credentials, clock, queue, logstore, index, permissions and endpoints; changes nothing',
  options: [],
  run: async (invocation) => (await import('./doctor-run.ts')).runDoctor(invocation)
}
