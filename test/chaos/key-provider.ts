import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SANDBOX_KEYS, type SandboxKey } from '../../src/sandbox/address.ts'

const HOUR_MS = 3_600_000

/**
 * Hands out temporary credentials as a `credentials_uri` provider does (vendor page "Manage access credentials"), and is
 * what the services ask which key is valid. When it expires the old key is refused at once.
 */
export class KeyProvider {
  readonly #server: Server
  #generation = 1
  /** While true it answers with an error. */
  failing = false

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<KeyProvider> {
    const server = createServer()
    const provider = new KeyProvider(server)
    server.on('request', (_, response) => {
      if (provider.failing) response.writeHead(500).end('out of order')
      else response.setHeader('content-type', 'application/json').end(provider.#answer())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return provider
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/credentials`
  }

  /** The key that is valid now. */
  get key(): SandboxKey {
    const { accessKeyId, accessKeySecret } = SANDBOX_KEYS
    const number = this.#generation
    return {
      accessKeyId: `STS.${accessKeyId}-${number}`,
      accessKeySecret: `${accessKeySecret}-${number}`,
      securityToken: `token-${number}`
    }
  }

  expire(): void {
    this.#generation += 1
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #answer(): string {
    const { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken } = this.key
    const Expiration = new Date(Date.now() + 6 * HOUR_MS).toISOString()
    return JSON.stringify({ Code: 'Success', AccessKeyId, AccessKeySecret, SecurityToken, Expiration })
  }
}
