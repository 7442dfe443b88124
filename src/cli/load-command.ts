import type { Command } from './command.ts'
import type { CommandName } from './menu.ts'

/** Loads one command: its options, and how to run it. */
export function loadCommand(name: CommandName): Promise<Command> {
  return LOADERS[name]()
}

/** All of them, in the order of the help text. */
export function loadCommands(): Promise<Command[]> {
  return Promise.all(Object.values(LOADERS).map((load) => load()))
}

const LOADERS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).runCommand,
  setup: async () => (await import('./setup.ts')).setupCommand,
  permissions: async () => (await import('./permissions.ts')).permissionsCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  query: async () => (await import('./query.ts')).queryCommand,
  released: async () => (await import('./released.ts')).releasedCommand,
  reconcile: async () => (await import('./reconcile.ts')).reconcileCommand,
  view: async () => (await import('./view.ts')).viewCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  send: async () => (await import('./send.ts')).sendCommand,
  sandbox: async () => (await import('./sandbox.ts')).sandboxCommand,
  demo: async () => (await import('./demo.ts')).demoCommand
}
