import type { Command } from './command.ts'
import { demoCommand } from './demo.ts'
import { explainCommand } from './explain.ts'
import { releasedCommand } from './released.ts'
import { runCommand } from './run.ts'
import { sandboxCommand } from './sandbox.ts'
import { sendCommand } from './send.ts'

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  runCommand,
  releasedCommand,
  explainCommand,
  sendCommand,
  sandboxCommand,
  demoCommand
]
