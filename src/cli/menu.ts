import type { CommandEntry } from './command.ts'

/** What the help text says of each command, in its order. The rest of a command is loaded when it is asked for. */
export const MENU = {
  run: {
    name: 'run',
    summary: 'Consume the queue: ship every event to the logstore'
  },
  setup: {
    name: 'setup',
    summary: 'Make or update logstore, index, saved searches, dashboards and alerts; deletes nothing'
  },
  permissions: {
    name: 'permissions',
    summary: 'Print the least-privilege RAM policies for exactly what the configuration switches on; calls no cloud'
  },
  doctor: {
    name: 'doctor',
    summary:
      'Check configuration, credentials, clock, queue, logstore, index, permissions and endpoints; changes nothing'
  },
  query: {
    name: 'query',
    summary: 'Ask a prebuilt audit question; --list tells which there are',
    argument: { name: '[name]', description: 'the question' }
  },
  released: {
    name: 'released',
    summary: 'List the released instances, newest first'
  },
  reconcile: {
    name: 'reconcile',
    summary: 'Compare the log with the instances that exist: missed releases, unknown instances, other states'
  },
  view: {
    name: 'view',
    summary: 'Serve a local page: the dashboards and the life of every instance, drawn from the logstore'
  },
  explain: {
    name: 'explain',
    summary: 'Show what would be recorded and done for events, and why, without a cloud',
    argument: { name: '<file>', description: 'one message body a line: JSON, or as it was on the queue; - reads stdin' }
  },
  send: {
    name: 'send',
    summary: 'Put events on the queue, one JSON a line',
    argument: { name: '[file]', description: 'one event a line; - or nothing reads stdin' }
  },
  sandbox: {
    name: 'sandbox',
    summary: 'Serve the local stand-in for MNS, SLS, ECS and load balancers, no account needed'
  },
  demo: {
    name: 'demo',
    summary: 'Run everything on this machine with a simulated fleet, no account needed'
  }
} as const satisfies Readonly<Record<string, CommandEntry>>

export type CommandName = keyof typeof MENU
