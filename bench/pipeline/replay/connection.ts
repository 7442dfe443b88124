import type { Socket } from 'node:net'

/** One request as the replay server sees it. */
export interface ReplayRequest {
  /** Request line and headers as they came. */
  readonly head: string
  readonly body: Buffer
  readonly socket: Socket
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NO_BODY = Buffer.alloc(0)

/**
 * Reads requests off a socket, as much of HTTP/1.1 as the clients here write: a head, and a body of a known length. Node's
 * own server takes four times as long for a request, and would be what is measured.
 */
export function readRequests(socket: Socket, onRequest: (request: ReplayRequest) => void): void {
  let chunks: Buffer[] = []
  let held = 0
  let needed = 0
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    held += chunk.length
    while (held > 0 && held >= needed) {
      const buffer = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
      const end = buffer.indexOf(HEAD_END)
      const head = end < 0 ? '' : buffer.toString('latin1', 0, end)
      const start = end + HEAD_END.length
      needed = end < 0 ? held + 1 : start + contentLength(head)
      if (held < needed) {
        chunks = [buffer]
        return
      }
      onRequest({ head, body: needed === start ? NO_BODY : buffer.subarray(start, needed), socket })
      held -= needed
      chunks = held === 0 ? [] : [buffer.subarray(needed)]
      needed = 0
    }
  })
}

function contentLength(head: string): number {
  return Number(/\r\ncontent-length: ?(\d+)/i.exec(head)?.[1] ?? 0)
}
