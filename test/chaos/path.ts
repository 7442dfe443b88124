import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

interface Connection {
  readonly near: Socket
  readonly far: Socket
  /** Nothing is passed on any more, and no end is told. */
  dead: boolean
}

/** A TCP path to a port of this machine that can be cut, refused, or go dead without a word. */
export class Path {
  readonly #server: Server
  readonly #port: number
  readonly #connections = new Set<Connection>()
  #target: number
  #dead = false

  private constructor(server: Server, target: number) {
    this.#server = server
    this.#target = target
    this.#port = (server.address() as AddressInfo).port
    server.on('connection', (near) => this.#join(near))
  }

  static async to(url: string): Promise<Path> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Path(server, Number(new URL(url).port))
  }

  /** By name, so that it must be resolved. */
  get url(): string {
    return `http://localhost:${this.#port}`
  }

  /** Resets every connection. */
  cut(): void {
    for (const { near, far } of this.#connections) {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
  }

  /** From now on nothing is passed on, by the connections there are and by new ones. */
  silence(): void {
    this.#dead = true
    for (const connection of this.#connections) connection.dead = true
  }

  /** New connections work again; those that went dead stay so. */
  speak(): void {
    this.#dead = false
  }

  /** New connections are refused, and those there are reset. */
  refuse(): void {
    this.#server.close()
    this.cut()
  }

  async accept(): Promise<void> {
    // Somebody else may hold the port for a moment.
    for (let attempt = 0; !this.#server.listening && attempt < 50; attempt += 1) {
      this.#server.listen(this.#port, '127.0.0.1')
      await Promise.race([once(this.#server, 'listening'), once(this.#server, 'error')]).catch(() => delay(100))
    }
  }

  async close(): Promise<void> {
    this.cut()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1')
    const connection: Connection = { near, far, dead: this.#dead }
    this.#connections.add(connection)
    this.#pass(connection, near, far)
    this.#pass(connection, far, near)
    near.on('close', () => {
      this.#connections.delete(connection)
      far.destroy()
    })
  }

  #pass(connection: Connection, from: Socket, to: Socket): void {
    from.setNoDelay(true)
    from.on('data', (chunk: Buffer) => {
      if (!connection.dead) to.write(chunk)
    })
    from.on('end', () => {
      if (!connection.dead) to.end()
    })
    from.on('error', () => {
      if (!connection.dead) to.resetAndDestroy()
    })
  }
}
