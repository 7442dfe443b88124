import { afterEach, describe, expect, it } from 'vitest'
import { staticCredentials } from '../../src/cloud/credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { CallFailure } from '../../src/logstore/call-failure.ts'
import { exchangeOptions, OpenApiRequest, Params, SlsSdk } from '../../src/logstore/sls-sdk.ts'
import { serve } from '../queue/serve-script.ts'
import { SLS_KEYS } from '../support/sls-sandbox.ts'
import { openSls } from './open-sink.ts'

let sdk: SlsSdk | undefined

afterEach(() => sdk?.close())

function openSdk(endpoint: string): SlsSdk {
  const credentials = staticCredentials(SLS_KEYS.accessKeyId, SLS_KEYS.accessKeySecret)
  sdk = new SlsSdk({ endpoint, region: SLS_KEYS.region, project: 'my-audit', credentials, clock: systemClock })
  return sdk
}

describe("the SDK's own operations", () => {
  it('go through the replaced transport', async () => {
    const { server } = await openSls()
    const { statusCode, body } = await openSdk(server.url).getLogStore('my-audit', 'ecs-events')
    expect(statusCode).toBe(200)
    expect(body?.logstoreName).toBe('ecs-events')
    expect(server.counts.get('GetLogStore')).toBe(1)
  })

  it('refuse another project than their own', async () => {
    const { server } = await openSls()
    await expect(openSdk(server.url).getLogStore('other', 'ecs-events')).rejects.toThrow('this client is for my-audit')
    expect(server.counts.size).toBe(0)
  })

  it('fail with a typed fault, not with a syntax error', async () => {
    const server = await serve((response) => response.writeHead(502).end('<html>Bad Gateway</html>'))
    const failed = await openSdk(server.url)
      .getLogStore('my-audit', 'ecs-events')
      .catch((thrown: unknown) => thrown)
    expect(failed).toBeInstanceOf(CallFailure)
    expect(failed).toMatchObject({ failure: { fault: { class: 'unavailable', code: 'BadGateway', status: 502 } } })
  })
})

describe('a query string', () => {
  it('is signed as it is sent, whatever it holds', async () => {
    const { server } = await openSls()
    const query = { type: 'log', from: '1', to: '2', query: `it's "a b" (c) * + ~ é/🎉 & = %` }
    const params = new Params({
      action: 'GetLogs',
      version: '2020-12-30',
      protocol: 'HTTPS',
      pathname: '/logstores/ecs-events',
      method: 'GET',
      authType: 'AK',
      style: 'ROA',
      reqBodyType: 'json',
      bodyType: 'string'
    })
    const failed = await openSdk(server.url)
      .execute(params, new OpenApiRequest({ query }), exchangeOptions(5_000, undefined))
      .catch((thrown: unknown) => thrown)
    // The search itself may be refused; the signature over it must not be.
    expect(failed).not.toMatchObject({ failure: { fault: { code: 'SignatureNotMatch' } } })
    expect(server.counts.get('GetLogs')).toBe(1)
  })
})
