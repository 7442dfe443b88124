import { fstatSync, writeFileSync } from 'node:fs'
import type { WriteStream } from 'node:tty'
import { AuditError, errorMessage } from '../lib/errors.ts'

/**
 * stdout as the place of a command's answer: an answer that could not be written whole never passes for one that was. A
 * reader that has what it wanted and goes (`ecs-audit released | head`) is no failure.
 */
export class AnswerOutput {
  readonly #stream: WriteStream & { fd: number }
  readonly #isFile: boolean
  readonly #onEnd: () => void
  #fault: NodeJS.ErrnoException | undefined

  /** @param onEnd called when nothing more can be written */
  constructor(stream: WriteStream & { fd: number }, onEnd: () => void) {
    this.#stream = stream
    this.#isFile = isFile(stream.fd)
    this.#onEnd = onEnd
    stream.on('error', (fault: NodeJS.ErrnoException) => this.#end(fault))
  }

  readonly write = (text: string): void => {
    if (this.#fault !== undefined) return
    if (!this.#isFile) {
      this.#stream.write(text)
      return
    }
    try {
      // Node's own stream for files (20.20) takes a write that was cut short by a full disk for a whole one.
      writeFileSync(this.#stream.fd, text)
    } catch (thrown) {
      this.#end(thrown as NodeJS.ErrnoException)
    }
  }

  /** Waits until what was written has left the process. @returns why it could not all be written */
  async flush(): Promise<AuditError | undefined> {
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve())
    })
    const fault = this.#fault
    if (fault === undefined || fault.code === 'EPIPE') return undefined
    return new AuditError('unavailable', `Cannot write the answer to stdout: ${reasonOf(fault)}.`, { cause: fault })
  }

  /** The first fault counts: the others come of it. */
  #end(fault: NodeJS.ErrnoException): void {
    if (this.#fault !== undefined) return
    this.#fault = fault
    this.#onEnd()
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on its disk',
  EDQUOT: 'the quota of its disk is used up',
  EFBIG: 'its file may not grow larger'
}

function reasonOf(fault: NodeJS.ErrnoException): string {
  const reason = REASONS[fault.code ?? '']
  return reason === undefined ? errorMessage(fault) : `${reason} (${fault.code})`
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    return false
  }
}
