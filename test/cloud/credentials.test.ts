import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Credentials, cachedCredentials, defaultCredentials } from '../../src/cloud/credentials.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import type { AuditError } from '../../src/lib/errors.ts'

/** A clock that stands still until told; timers strike when it passes them. */
function heldClock(): { clock: Clock; pass: (ms: number) => void } {
  const timers = new Set<{ atMs: number; callback: () => void }>()
  let nowMs = 0
  return {
    clock: {
      ...systemClock,
      elapsed: () => nowMs,
      after: (ms, callback) => {
        const timer = { atMs: nowMs + ms, callback }
        timers.add(timer)
        return () => timers.delete(timer)
      }
    },
    pass: (ms) => {
      nowMs += ms
      for (const timer of timers) {
        if (timer.atMs <= nowMs && timers.delete(timer)) timer.callback()
      }
    }
  }
}

/** A provider whose answers the test gives one by one. */
function askedProvider() {
  const asked: Array<{ give: (credentials: Partial<Credentials>) => void; fail: () => void }> = []
  let opened = 0
  return {
    asked,
    opened: () => opened,
    open: () => {
      opened += 1
      return () =>
        new Promise<Partial<Credentials>>((resolve, reject) => {
          asked.push({ give: resolve, fail: () => reject(new Error('MARKEDsecret')) })
        })
    }
  }
}

const key = (name: string) => ({ accessKeyId: name, accessKeySecret: 's', securityToken: 't' })

/** Lets what was just answered reach the cache. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('cachedCredentials', () => {
  test('asks once for many callers, and not again for a minute', async () => {
    const { clock, pass } = heldClock()
    const { open, asked } = askedProvider()
    const source = cachedCredentials(open, { clock })
    const callers = [source.get(), source.get(), source.get()]
    expect(asked).toHaveLength(1)
    asked[0]?.give(key('1'))
    expect(await Promise.all(callers)).toEqual([key('1'), key('1'), key('1')])
    pass(59_999)
    expect(await source.get()).toEqual(key('1'))
    expect(asked).toHaveLength(1)
  })

  test('after a minute asks in the background, and goes on with the old ones until there are new', async () => {
    const { clock, pass } = heldClock()
    const { open, asked, opened } = askedProvider()
    const source = cachedCredentials(open, { clock })
    const first = source.get()
    asked[0]?.give(key('1'))
    await first
    pass(60_000)
    expect(await source.get()).toEqual(key('1'))
    expect(await source.get()).toEqual(key('1'))
    expect(asked).toHaveLength(2)
    asked[1]?.give(key('2'))
    await settled()
    expect(await source.get()).toEqual(key('2'))
    expect(opened()).toBe(1)
  })

  test('after ten minutes waits for new ones, which may have expired meanwhile', async () => {
    const { clock, pass } = heldClock()
    const { open, asked } = askedProvider()
    const source = cachedCredentials(open, { clock })
    const first = source.get()
    asked[0]?.give(key('1'))
    await first
    pass(600_000)
    const second = source.get()
    asked[1]?.give(key('2'))
    expect(await second).toEqual(key('2'))
  })

  test('goes on with the old ones when a refresh fails or hangs, tells of it, and tries again after a second', async () => {
    const { clock, pass } = heldClock()
    const { open, asked } = askedProvider()
    const faults: AuditError[] = []
    const source = cachedCredentials(open, { clock, onRefreshFault: (fault) => faults.push(fault) })
    const first = source.get()
    asked[0]?.give(key('1'))
    await first
    pass(600_000)
    const second = source.get()
    asked[1]?.fail()
    expect(await second).toEqual(key('1'))
    expect(await source.get()).toEqual(key('1'))
    expect(asked).toHaveLength(2)
    pass(1_000)
    const third = source.get()
    expect(asked).toHaveLength(3)
    pass(10_000)
    expect(await third).toEqual(key('1'))
    expect(faults).toHaveLength(2)
  })

  test('without any rejects as denied, saying what to do and no more; asks again after a second, of a new provider', async () => {
    const { clock, pass } = heldClock()
    const { open, asked, opened } = askedProvider()
    const source = cachedCredentials(open, { clock })
    const first = source.get()
    asked[0]?.fail()
    const fault = await first.then(
      () => expect.unreachable(),
      (thrown: AuditError) => thrown
    )
    expect(fault).toMatchObject({ code: 'denied', message: expect.stringContaining('ALIBABA_CLOUD_ACCESS_KEY_ID') })
    expect(`${fault.stack} ${String(fault.cause)}`).not.toContain('MARKED')
    await expect(source.get()).rejects.toBe(fault)
    expect(asked).toHaveLength(1)
    pass(1_000)
    const second = source.get()
    asked[1]?.give(key('2'))
    expect(await second).toEqual(key('2'))
    expect(opened()).toBe(2)
  })

  test.each([[{}], [{ accessKeyId: 'id' }], [{ accessKeyId: '', accessKeySecret: 's' }]])(
    'takes %j for no credentials',
    async (answer) => {
      const source = cachedCredentials(() => async () => answer, { clock: heldClock().clock })
      await expect(source.get()).rejects.toMatchObject({ code: 'denied' })
    }
  )

  test('gives a provider that hangs ten seconds', async () => {
    const { clock, pass } = heldClock()
    const source = cachedCredentials(askedProvider().open, { clock })
    const first = source.get()
    pass(9_999)
    expect(await Promise.race([first, settled()])).toBeUndefined()
    pass(1)
    await expect(first).rejects.toMatchObject({ code: 'denied' })
  })

  describe('when a service has refused them', () => {
    async function refused() {
      const { clock, pass } = heldClock()
      const provider = askedProvider()
      const source = cachedCredentials(provider.open, { clock })
      const first = source.get()
      provider.asked[0]?.give(key('1'))
      await first
      source.invalidate()
      return { source, pass, ...provider }
    }

    test('asks a new provider, but once a second at most', async () => {
      const { source, pass, asked, opened } = await refused()
      expect(await source.get()).toEqual(key('1'))
      expect(asked).toHaveLength(1)
      pass(1_000)
      const second = source.get()
      asked[1]?.give(key('2'))
      expect(await second).toEqual(key('2'))
      expect(opened()).toBe(2)
      expect(await source.get()).toEqual(key('2'))
      expect(asked).toHaveLength(2)
    })

    test('does not go on with them when there are no others', async () => {
      const { source, pass, asked } = await refused()
      pass(1_000)
      const second = source.get()
      asked[1]?.fail()
      await expect(second).rejects.toMatchObject({ code: 'denied' })
      await expect(source.get()).rejects.toMatchObject({ code: 'denied' })
      pass(1_000)
      const third = source.get()
      asked[2]?.give(key('3'))
      expect(await third).toEqual(key('3'))
    })
  })
})

describe('defaultCredentials', () => {
  const environment = { ...process.env }

  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('ALIBABA_CLOUD_')) delete process.env[name]
    Object.assign(process.env, { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true', HOME: '/nonexistent' })
  })

  afterEach(() => {
    process.env = { ...environment }
  })

  test.each([
    ['', ''],
    ['token', 'token']
  ])('come from the environment, with the security token "%s"', async (token, securityToken) => {
    process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = 'id'
    process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] = 'secret'
    if (token !== '') process.env['ALIBABA_CLOUD_SECURITY_TOKEN'] = token
    const source = defaultCredentials({ clock: systemClock })
    expect(await source.get()).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret', securityToken })
  })

  test('come from a credentials URI, anew after a refusal', async () => {
    let answers = 0
    const server = createServer((_request, response) => {
      answers += 1
      const Expiration = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '')
      response.end(
        JSON.stringify({ AccessKeyId: `id ${answers}`, AccessKeySecret: 's', SecurityToken: 't', Expiration })
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      process.env['ALIBABA_CLOUD_CREDENTIALS_URI'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { clock, pass } = heldClock()
      const source = defaultCredentials({ clock })
      expect(await source.get()).toMatchObject({ accessKeyId: 'id 1', securityToken: 't' })
      pass(61_000)
      await source.get()
      await settled()
      expect(answers).toBe(1)
      source.invalidate()
      pass(1_000)
      expect(await source.get()).toMatchObject({ accessKeyId: 'id 2' })
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })

  test('that are nowhere are denied, naming what is set', async () => {
    process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = 'MARKEDid'
    const fault = await defaultCredentials({ clock: systemClock })
      .get()
      .catch((thrown: unknown) => thrown)
    expect(fault).toMatchObject({
      code: 'denied',
      message: expect.stringContaining('set are ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ECS_METADATA_DISABLED.')
    })
    expect(String(fault)).not.toContain('MARKED')
  })
})
