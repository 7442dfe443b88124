import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One request as it arrived. */
export interface Arrival {
  readonly method: string
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The connection's number, from 1. */
  readonly connection: number
}

export interface ScriptedServer {
  readonly url: string
  readonly arrivals: readonly Arrival[]
  /** Connections accepted so far. */
  readonly connections: number
  /** Resolves when `count` requests have arrived. */
  arrived(count: number): Promise<void>
  /** Resolves when no connection is open. */
  drained(): Promise<void>
  close(): Promise<void>
}

export type Script = (response: ServerResponse, arrival: Arrival, socket: Socket) => void

/** A server on 127.0.0.1 that answers each request as the script says: for answers that no real service gives. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const arrivals: Arrival[] = []
  const sockets = new Map<Socket, number>()
  const waiters = new Set<() => void>()
  const wake = () => {
    for (const waiter of waiters) waiter()
  }
  let connections = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const arrival: Arrival = {
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        connection: sockets.get(request.socket) ?? 0
      }
      arrivals.push(arrival)
      script(response, arrival, request.socket)
      wake()
    })
  })
  server.on('connection', (socket) => {
    connections += 1
    sockets.set(socket, connections)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const waiter = () => {
        if (!done()) return
        waiters.delete(waiter)
        resolve()
      }
      waiters.add(waiter)
      waiter()
    })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    get connections() {
      return connections
    },
    arrived: (count) => until(() => arrivals.length >= count),
    drained: () => until(() => sockets.size === 0),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets.keys()) socket.destroy()
      })
  }
}
