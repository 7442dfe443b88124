// The replay server as a program. Its parent gives orders and gets news over the IPC channel.
import type { Question, ReplayOptions } from './orders.ts'
import { ReplayServer } from './replay-server.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ReplayOptions
const server = new ReplayServer(options, (news) => process.send?.(news))
process.on('message', (question: Question) => {
  if (question.kind === 'order') server.follow(question.order)
  else process.send?.({ kind: 'tally', tally: server.tally() })
})
process.on('disconnect', () => process.exit())
server.listen()
