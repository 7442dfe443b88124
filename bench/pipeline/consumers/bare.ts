// The bare loop: the same requests, with contents that nobody looks at. The bound that no consumer can pass.
import { randomBytes } from 'node:crypto'
import { type Dispatcher, Pool } from 'undici'
import { LOGSTORE, QUEUE } from './stock-clients.ts'

const LOOPS = 8
/** Events that share a put, and bytes of each in it: about what the service sends. */
const EVENTS_PER_PUT = 512
const BYTES_PER_EVENT = 200

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 3 * LOOPS })
const receive = { method: 'GET', path: `/queues/${QUEUE}/messages?numOfMessages=16&waitseconds=30` } as const
const remove = { method: 'DELETE', path: `/queues/${QUEUE}/messages`, body: deleteBody() } as const
const put = {
  method: 'POST',
  path: `/logstores/${LOGSTORE}/shards/lb`,
  body: randomBytes(EVENTS_PER_PUT * BYTES_PER_EVENT)
} as const
let events = 0
process.on('disconnect', () => process.exit())
await Promise.all(Array.from({ length: LOOPS }, consume))

async function consume(): Promise<void> {
  for (;;) {
    await exchange(receive)
    events += 16
    if (events % EVENTS_PER_PUT === 0) await exchange(put)
    await exchange(remove)
  }
}

function exchange(call: { method: Dispatcher.HttpMethod; path: string; body?: string | Buffer }): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { ...call, reset: false },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error)
      }
    )
  })
}

function deleteBody(): string {
  const handle = `<ReceiptHandle>8-${'x'.repeat(32)}</ReceiptHandle>`
  return `<?xml version="1.0" encoding="UTF-8"?><ReceiptHandles>${handle.repeat(16)}</ReceiptHandles>`
}
