import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/** What a stock client of `@alicloud/mns` 1.2 gives of a message. */
export interface StockMessage {
  readonly MessageBody: string
  readonly ReceiptHandle: string
}

/** What is used here of `@alicloud/mns`, which brings no types. */
export interface StockQueueClient {
  receiveMessage(queue: string, waitSeconds: number): Promise<{ code: number; body: StockMessage }>
  deleteMessage(queue: string, receiptHandle: string): Promise<{ code: number }>
  batchReceiveMessage(
    queue: string,
    count: number,
    waitSeconds: number
  ): Promise<{ code: number; body: StockMessage[] }>
  batchDeleteMessage(queue: string, receiptHandles: readonly string[]): Promise<{ code: number }>
}

/** What is used here of `@alicloud/log`, which brings no types. */
export interface StockLogClient {
  postLogStoreLogs(project: string, logstore: string, group: StockLogGroup): Promise<unknown>
}

export interface StockLogGroup {
  readonly logs: ReadonlyArray<{ readonly timestamp: number; readonly content: Readonly<Record<string, string>> }>
  readonly topic: string
  readonly source: string
}

const KEYS = { accessKeyId: 'bench-id', accessKeySecret: 'bench-secret' } as const

export const QUEUE = 'bench'
export const LOGSTORE = 'bench'
/** Project `127` and endpoint `0.0.1:PORT` make the host `127.0.0.1:PORT`: the stock client reaches loopback without a patch. */
export const PROJECT = '127'

export function stockQueueClient(port: number): StockQueueClient {
  const Client = load('@alicloud/mns') as new (account: string, options: object) => StockQueueClient
  return new Client('bench', {
    ...KEYS,
    endpoint: `http://127.0.0.1:${port}`,
    connectTimeout: 45_000,
    readTimeout: 45_000
  })
}

export function stockLogClient(port: number): StockLogClient {
  const Client = load('@alicloud/log') as new (options: object) => StockLogClient
  return new Client({ ...KEYS, endpoint: `http://0.0.1:${port}` })
}

/** An event as a log: its top-level fields, its content as JSON text. */
export function logOf({ MessageBody: body }: StockMessage): StockLogGroup['logs'][number] {
  const event = JSON.parse(Buffer.from(body, 'base64').toString('utf8')) as Record<string, unknown>
  const content: Record<string, string> = {}
  for (const [key, value] of Object.entries(event))
    content[key] = typeof value === 'string' ? value : JSON.stringify(value)
  return { timestamp: Math.floor(Date.now() / 1_000), content }
}
