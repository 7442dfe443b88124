// The vendor's way: one message at a time with the stock SDKs; received, shipped, deleted.
import { LOGSTORE, logOf, PROJECT, QUEUE, stockLogClient, stockQueueClient } from './stock-clients.ts'

const port = Number(process.argv[2])
const queue = stockQueueClient(port)
const logstore = stockLogClient(port)
process.on('disconnect', () => process.exit())
for (;;) {
  const { body } = await queue.receiveMessage(QUEUE, 30)
  await logstore.postLogStoreLogs(PROJECT, LOGSTORE, { logs: [logOf(body)], topic: 'event', source: 'bench' })
  await queue.deleteMessage(QUEUE, body.ReceiptHandle)
}
