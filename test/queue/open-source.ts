import { staticCredentials } from '../../src/cloud/credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { createMnsSource, type MnsSource, type MnsSourceOptions } from '../../src/queue/mns-source.ts'
import { closeLater } from '../support/close-later.ts'

/** A source that is closed after the test. */
export function openSource(endpoint: string, options: Partial<MnsSourceOptions> = {}): MnsSource {
  const source = createMnsSource({
    endpoint,
    name: 'q',
    urgent: false,
    receivers: 2,
    waitSeconds: 30,
    visibilityMs: 60_000,
    credentials: staticCredentials('key-id', 'key-secret'),
    clock: systemClock,
    ...options
  })
  closeLater(() => source.close())
  return source
}

/** A signal that nobody aborts. */
export const unaborted = new AbortController().signal

type Operation = (source: MnsSource) => Promise<{ readonly kind: string }>

/** Every operation, to hold each to the same rule. */
export const OPERATIONS: ReadonlyArray<readonly [name: string, run: Operation]> = [
  ['receive', (source) => source.receive(16, unaborted)],
  ['acknowledge', (source) => source.acknowledge(['handle-1', 'handle-2'])],
  ['extend', (source) => source.extend('handle-1', 1_000)],
  ['send', (source) => source.send('body', 0)],
  ['describe', (source) => source.describe()]
]
