import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One request as it arrived. */
export interface Arrival {
  /** From 1. */
  readonly number: number
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly socket: Socket
}

export type Script = (response: ServerResponse, arrival: Arrival) => void

export interface ScriptedServer {
  readonly url: string
  readonly arrivals: readonly Arrival[]
  /** Connections accepted so far. */
  connections(): number
  /** Resolves when `count` requests have arrived. */
  arrived(count: number): Promise<void>
  /** Resolves when the connection of that request, by its number, is closed. */
  left(number: number): Promise<void>
  /** Resolves when no connection is open. */
  drained(): Promise<void>
  close(): Promise<void>
}

/** A server on 127.0.0.1 that answers each request as the script says: for answers that no real service gives. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const arrivals: Arrival[] = []
  const sockets = new Set<Socket>()
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const check of waiting) check()
  }
  let connections = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers, socket } = request
      const body = Buffer.concat(chunks).toString()
      const arrival = { number: arrivals.length + 1, method, target: url, headers, body, socket }
      arrivals.push(arrival)
      script(response, arrival)
      changed()
    })
  })
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      changed()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!done()) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    connections: () => connections,
    arrived: (count) => until(() => arrivals.length >= count),
    left: (number) => until(() => arrivals[number - 1]?.socket.destroyed === true),
    drained: () => until(() => sockets.size === 0),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}

/** A script that gives every request the same answer. */
export function always(status: number, body = '', headers: Record<string, string> = {}): Script {
  return (response) => reply(response, status, body, headers)
}

export function reply(response: ServerResponse, status: number, body = '', headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'x-mns-request-id': 'ABC123', ...headers })
  response.end(status === 204 ? undefined : body)
}

/** The service's own error answer. */
export function errorXml(code: string): string {
  return `<?xml version="1.0"?>
<Error xmlns="http://mns.aliyuncs.com/doc/v1">
  <Code>${code}</Code>
  <Message>text of the service</Message>
  <RequestId>ABC123</RequestId>
  <HostId>http://127.0.0.1</HostId>
</Error>`
}
