import { expect, test } from 'vitest'
import type { JobEnd } from '../../src/actions/action.ts'
import type { Outlet } from '../../src/actions/desk.ts'
import { FollowUpRuns } from '../../src/actions/follow-up-runs.ts'
import { auditRecord } from '../../src/logstore/record.ts'
import { settle } from '../support/manual-clock.ts'

const RECORD = auditRecord('action', 0, 0, {})

/** An outlet with methods, as the pipeline's. */
class SceneOutlet implements Outlet {
  readonly #scene: Scene

  constructor(scene: Scene) {
    this.#scene = scene
  }

  record(): Promise<boolean> {
    return new Promise((resolve) => (this.#scene.store = resolve))
  }

  async send(body: string): Promise<boolean> {
    this.#scene.sent.push(body)
    return true
  }
}

/** A run that writes one record and ends; the test says when and how each of the two happens. */
class Scene {
  readonly runs = new FollowUpRuns()
  begun = 0
  end: (end: JobEnd) => void = () => undefined
  store: (stored: boolean) => void = () => undefined
  readonly sent: string[] = []
  readonly #outlet: Outlet = new SceneOutlet(this)

  /** Another delivery of a message; the result tells its end, once it has ended. */
  deliver(id: string): { end: JobEnd | undefined } {
    const seen: { end: JobEnd | undefined } = { end: undefined }
    const ended = this.runs.join(id, this.#outlet, (outlet) => {
      this.begun += 1
      void outlet.record(RECORD)
      void outlet.send(`next of ${id}`, 1)
      return new Promise((resolve) => (this.end = resolve))
    })
    void ended.then((end) => {
      seen.end = end
    })
    return seen
  }
}

test('a message that is delivered again while its run goes on makes no second run, and waits for its records', async () => {
  const scene = new Scene()
  const [first, second] = [scene.deliver('a'), scene.deliver('a')]
  scene.end('settled')
  await settle()
  // The first delivery waits for its record by itself.
  expect([first.end, second.end]).toEqual(['settled', undefined])
  scene.store(true)
  await settle()
  expect([second.end, scene.begun]).toEqual(['settled', 1])
  const third = scene.deliver('a')
  await settle()
  expect([third.end, scene.begun]).toEqual(['settled', 1])
})

test('a later delivery comes again when the record could not be stored, and then runs', async () => {
  const scene = new Scene()
  scene.deliver('a')
  const second = scene.deliver('a')
  scene.end('settled')
  scene.store(false)
  await settle()
  expect(second.end).toBe('again')
  scene.deliver('a')
  expect(scene.begun).toBe(2)
})

test('a run that wants its message again is made again', async () => {
  const scene = new Scene()
  scene.deliver('a')
  scene.end('again')
  scene.store(true)
  await settle()
  scene.deliver('a')
  expect(scene.begun).toBe(2)
})

test('each message has a run of its own', () => {
  const scene = new Scene()
  scene.deliver('a')
  scene.deliver('b')
  expect([scene.begun, scene.sent]).toEqual([2, ['next of a', 'next of b']])
})
