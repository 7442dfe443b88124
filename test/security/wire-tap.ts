import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A place on the way between a client and a server, where everything that goes by is kept. */
export interface WireTap {
  readonly url: string
  /** What went by so far, both ways, one character a byte. */
  heard(): string
}

/** Opens a tap in front of a server for the time of the test. Signatures hold on it: they are for the host that the client was told. */
export async function tapWire(target: string): Promise<WireTap> {
  const { port } = new URL(target)
  const chunks: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => {
        chunks.push(chunk.toString('latin1'))
        to.write(chunk)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => chunks.join('') }
}
