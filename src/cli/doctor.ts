import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `doctor`: what is wrong, and what to do about it. */
export const doctorCommand: Command = {
  ...MENU.doctor,
  options: [],
  run: async (invocation) => (await import('./doctor-run.ts')).runDoctor(invocation)
}
