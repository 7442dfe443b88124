import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { inject } from 'vitest'

export interface CommandResult {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly process: ChildProcess
  /** Everything on stdout so far. */
  stdout(): string
  /** Everything on stderr so far. */
  stderr(): string
  /** Resolves when stdout or stderr holds the text. Rejects when the command ends before. */
  said(text: string): Promise<void>
  readonly ended: Promise<CommandResult>
}

/** Starts the built command as a user would. */
export function startCommand(
  args: readonly string[],
  options: { stdin?: string; environment?: Record<string, string> } = {}
): RunningCommand {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(ECS_AUDIT|ALIBABA)_/.test(name))
  )
  const child = spawn(process.execPath, [inject('main'), ...args], { env: { ...environment, ...options.environment } })
  let stdout = ''
  let stderr = ''
  let check = (): void => undefined
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    check()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    check()
  })
  child.stdin.end(options.stdin ?? '')
  const ended = once(child, 'close').then(([status, signal]) => ({
    status: status as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr
  }))
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    said: (text) =>
      new Promise((resolve, reject) => {
        check = () => {
          if (stdout.includes(text) || stderr.includes(text)) resolve()
        }
        check()
        void ended.then(() => reject(new Error(`ended without saying ${JSON.stringify(text)}: ${stdout}${stderr}`)))
      }),
    ended
  }
}

/** Runs the built command to its end. */
export function runCommand(
  args: readonly string[],
  options: { stdin?: string; environment?: Record<string, string> } = {}
): Promise<CommandResult> {
  return startCommand(args, options).ended
}
