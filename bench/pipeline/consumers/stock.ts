// Batches of 16 with the stock SDKs, in as many loops at a time as serve it best.
import { LOGSTORE, logOf, PROJECT, QUEUE, stockLogClient, stockQueueClient } from './stock-clients.ts'

const LOOPS = 8
const port = Number(process.argv[2])
const queue = stockQueueClient(port)
const logstore = stockLogClient(port)
process.on('disconnect', () => process.exit())
await Promise.all(Array.from({ length: LOOPS }, consume))

async function consume(): Promise<void> {
  for (;;) {
    const { body: messages } = await queue.batchReceiveMessage(QUEUE, 16, 30)
    const group = { logs: messages.map(logOf), topic: 'event', source: 'bench' }
    await logstore.postLogStoreLogs(PROJECT, LOGSTORE, group)
    await queue.batchDeleteMessage(
      QUEUE,
      messages.map(({ ReceiptHandle }) => ReceiptHandle)
    )
  }
}
