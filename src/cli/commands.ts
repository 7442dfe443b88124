import type { Command } from './command.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { permissionsCommand } from './permissions.ts'
import { queryCommand } from './query.ts'
import { reconcileCommand } from './reconcile.ts'
import { releasedCommand } from './released.ts'
import { runCommand } from './run.ts'
import { sandboxCommand } from './sandbox.ts'
import { sendCommand } from './send.ts'
import { setupCommand } from './setup.ts'
import { viewCommand } from './view.ts'

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  runCommand,
  setupCommand,
  permissionsCommand,
  doctorCommand,
  queryCommand,
  releasedCommand,
  reconcileCommand,
  viewCommand,
  explainCommand,
  sendCommand,
  sandboxCommand,
  demoCommand
]
