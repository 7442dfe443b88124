import { createServer, type Server } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type CommandResult, type RunningCommand, runCommand, startCommand } from '../support/command.ts'
import { stateChanges } from '../support/events.ts'
import { hiddenForMs, openSandbox, requestCount, sandboxConfigText, sendEvents } from '../support/harness.ts'
import { expectTold, jsonLines, type OnTestFinished, writeText } from './workspace.ts'

type Changes = Readonly<Record<string, unknown>>

/** A sandbox for one of several tests that run at a time, and the command against it. */
class Scene {
  readonly sandbox: Sandbox
  readonly #onTestFinished: OnTestFinished

  private constructor(sandbox: Sandbox, onTestFinished: OnTestFinished) {
    this.sandbox = sandbox
    this.#onTestFinished = onTestFinished
  }

  static async open(onTestFinished: OnTestFinished): Promise<Scene> {
    const sandbox = await openSandbox()
    onTestFinished(() => sandbox.close())
    return new Scene(sandbox, onTestFinished)
  }

  runUntilEmpty(changes: Changes): Promise<CommandResult> {
    return runCommand(['run', '--until-empty', '--config', this.#configFile(changes)])
  }

  /** Starts the batch form, to be stopped. */
  startUntilEmpty(changes: Changes): RunningCommand {
    const command = startCommand(['run', '--until-empty', '--json', '--config', this.#configFile(changes)])
    this.#onTestFinished(() => void command.process.kill('SIGKILL'))
    return command
  }

  /** Starts `run` as a service with one receiver and the product's own waits. */
  startService(changes: Changes): RunningCommand {
    const calm = { 'queue.receivers': 1, 'logstore.breaker.resetAfter': '5s' }
    const command = startCommand(['run', '--config', this.#configFile({ ...calm, ...changes })])
    this.#onTestFinished(() => void command.process.kill('SIGKILL'))
    return command
  }

  #configFile(changes: Changes): string {
    return writeText(sandboxConfigText(this.sandbox, changes), undefined, this.#onTestFinished)
  }
}

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = await listen()
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function listen(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return server
}

/** The reason to give up is the log's last line; it was told only once before, when it was met first. */
function expectGivenUp(result: CommandResult, reason: RegExp): void {
  expectTold(result, 1)
  const lines = jsonLines(result.stderr)
  const told = lines.filter(({ failure, fault }) => reason.test(`${String(failure)} ${String(fault)}`))
  expect(lines.at(-1)).toMatchObject({ level: 'error', msg: 'gave up', failure: expect.stringMatching(reason) })
  expect(told.length).toBeLessThanOrEqual(2)
}

describe.concurrent('run --until-empty gives up with the reason and what to do', { timeout: 120_000 }, () => {
  test('on a queue that does not exist', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    const result = await scene.runUntilEmpty({ 'queue.name': 'nowhere' })
    expectGivenUp(result, /QueueNotExist/)
    expect(result.stderr).toContain(`Create the queue \\"nowhere\\" at ${sandbox.address.mns}, or correct queue.name`)
  })

  test('on a key that the queue refuses', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const result = await scene.runUntilEmpty({ 'credentials.accessKeySecret': 'hush-hush' })
    expectGivenUp(result, /SignatureDoesNotMatch/)
    expect(result.stderr).toContain(
      'Check credentials in the configuration file or, where it has none, ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET'
    )
  })

  test('on a logstore that does not exist, and leaves the messages on the queue', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    sendEvents(sandbox, stateChanges(100))
    const result = await scene.runUntilEmpty({ 'logstore.name': 'nowhere' })
    expectGivenUp(result, /LogStoreNotExist/)
    expect(result.stderr).toContain(
      'Run \\"ecs-audit setup\\", which makes the logstore ecs-audit-sandbox/nowhere, or correct logstore.project'
    )
    const { visible, invisible, deleted } = sandbox.mns.stats(sandbox.address.queue)
    expect({ left: visible + invisible, deleted }).toEqual({ left: 100, deleted: 0 })
  })

  test('on an endpoint that nobody serves, after fewer than one try a second', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const endpoint = `http://127.0.0.1:${await closedPort()}`
    const startedMs = performance.now()
    const result = await scene.runUntilEmpty({ 'queue.endpoint': endpoint })
    const seconds = (performance.now() - startedMs) / 1_000
    expectGivenUp(result, /ConnectionRefused/)
    expect(result.stderr).toContain(`Check that ${endpoint} can be reached from here`)
    const stopped = jsonLines(result.stderr).find(({ msg }) => msg === 'stopped')
    expect(Number(stopped?.['receiveFaults'])).toBeLessThan(seconds)
  })
})

describe('run --until-empty that a signal ends', () => {
  test('is 1 and says why while the queue is not known to be empty', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'slow', ms: 1_000 })
    sendEvents(sandbox, stateChanges(300))
    const command = scene.startUntilEmpty({ 'limits.maxMessages': 64 })
    await sandbox.mns.waitFor(() => (sandbox.counts.sls.get('PutLogs') ?? 0) > 0, { timeoutMs: 60_000 })
    command.process.kill('SIGTERM')
    const result = await command.ended
    expectTold(result, 1)
    const why = 'Stopped by a signal before the queue was empty: run it again.'
    expect(jsonLines(result.stdout)).toMatchObject([{ failed: why }])
    expect(jsonLines(result.stderr).at(-1)).toMatchObject({
      level: 'warn',
      msg: 'stopped before the queue was empty',
      failure: why
    })
    expect(sandbox.mns.messages(sandbox.address.queue).length).toBeGreaterThan(0)
  })
})

/** Counts the calls after the first one, until so many attempts were made; calls a second. */
async function rate(attempts: () => number, until: number, calls: () => number = attempts): Promise<number> {
  await vi.waitFor(() => expect(attempts()).toBeGreaterThan(0), { timeout: 60_000, interval: 10 })
  const startedMs = performance.now()
  await vi.waitFor(() => expect(attempts()).toBeGreaterThanOrEqual(until), { timeout: 60_000, interval: 10 })
  return ((calls() - 1) * 1_000) / (performance.now() - startedMs)
}

async function endsWell(command: RunningCommand): Promise<CommandResult> {
  command.process.kill('SIGTERM')
  const result = await command.ended
  expectTold(result, 0)
  return result
}

describe.concurrent('run as a service goes on, and asks less than once a second', { timeout: 120_000 }, () => {
  test('while its queue does not exist, until it does', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    const command = scene.startService({ 'queue.name': 'later' })
    const perSecond = await rate(() => requestCount(sandbox, 'mns'), 3)
    sandbox.mns.createQueue('later')
    await command.said('queue answers again')
    expect(perSecond).toBeLessThanOrEqual(1)
    await endsWell(command)
  })

  test('while its key is refused', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    const command = scene.startService({ 'credentials.accessKeySecret': 'hush-hush' })
    expect(await rate(() => requestCount(sandbox, 'mns'), 4)).toBeLessThanOrEqual(1)
    await endsWell(command)
  })

  test('while a proxy answers for its queue', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    sandbox.faults.add({ service: 'mns', kind: 'html' })
    const command = scene.startService({})
    // The first waits are drawn from half a second up: only later ones are sure to be longer than one.
    expect(await rate(() => requestCount(sandbox, 'mns'), 4)).toBeLessThanOrEqual(2)
    await endsWell(command)
  })

  test('while its logstore does not exist and messages wait', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    sandbox.mns.createQueue('calm', { visibilityTimeout: 60 })
    const bodies = stateChanges(3)
    sandbox.mns.send('calm', bodies)
    const command = scene.startService({
      'queue.name': 'calm',
      'queue.visibility': '60s',
      'logstore.name': 'nowhere'
    })
    const puts = (): number => sandbox.counts.sls.get('PutLogs') ?? 0
    const all = (): number => requestCount(sandbox, 'sls') + requestCount(sandbox, 'mns')
    expect(await rate(puts, 3, all)).toBeLessThanOrEqual(1)
    await endsWell(command)
    expect(sandbox.mns.stats('calm')).toMatchObject({ deleted: 0 })
    expect(sandbox.mns.messages('calm')).toHaveLength(3)
    expect(hiddenForMs(sandbox, { queue: 'calm' })).toBeLessThanOrEqual(2_000)
  })
})

describe('run', () => {
  test('waits for a stop no longer than shutdown.grace', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const { sandbox } = scene
    sandbox.faults.add({ service: 'sls', operation: 'PutLogs', kind: 'stall-before' })
    sendEvents(sandbox, stateChanges(20))
    const command = scene.startService({ 'logstore.timeout': '2m', 'shutdown.grace': '1s' })
    await sandbox.mns.waitFor(() => (sandbox.counts.sls.get('PutLogs') ?? 0) > 0, { timeoutMs: 60_000 })
    const startedMs = performance.now()
    command.process.kill('SIGTERM')
    const { signal, stderr } = await command.ended
    expect(signal).toBeNull()
    // Far from the two minutes that the put may take.
    expect(performance.now() - startedMs).toBeLessThan(60_000)
    expect(stderr).toContain('"msg":"stopped"')
  })

  test('refuses to switch an action on, and a queue name that cannot be one', async ({ onTestFinished }) => {
    const scene = await Scene.open(onTestFinished)
    const [action, name] = await Promise.all([
      scene.runUntilEmpty({ 'actions.replace.enabled': true }),
      scene.runUntilEmpty({ 'queue.name': '-queue/' })
    ])
    expectTold(action, 78)
    expect(action.stderr).toContain('actions.replace.launchTemplate: expected the id of a launch template')
    expectTold(name, 78)
    expect(name.stderr).toContain('queue.name: expected the name of the queue: 1 to 120 letters, digits and hyphens')
  })
})
