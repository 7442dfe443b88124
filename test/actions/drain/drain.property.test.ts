import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApiFailure } from '../../../src/cloud/api-outcome.ts'
import { backend, faultOf, type Verb } from './memory-balancing.ts'
import { INSTANCE, instance, Stage } from './stage.ts'

const OTHER = 'i-bp1other'
const NOTICE_MS = 300_000
/** Longer than any run may last after its deadline. */
const AFTER_MS = 120_000

interface Trouble {
  readonly verb: Verb
  readonly group: number
  readonly kind: ApiFailure['kind']
  readonly fromS: number
  readonly forS: number
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  verb: fc.constantFrom<Verb>('backends', 'setWeight', 'remove', 'health'),
  group: fc.nat(3),
  kind: fc.constantFrom<ApiFailure['kind']>('busy', 'throttled', 'unavailable', 'unknown', 'refused'),
  fromS: fc.nat(300),
  forS: fc.integer({ min: 1, max: 400 })
})

const scenario = fc.record({
  /** Ports in each group, with this instance's weights; an empty one has only the other instance. */
  groups: fc.array(fc.array(fc.nat(100), { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
  troubles: fc.array(trouble, { maxLength: 6 }),
  agoS: fc.nat(400),
  /** ECS is silent for so long. */
  silentS: fc.constantFrom(0, 0, 3, 60, 1_000),
  /** NLB can't be searched for so long. */
  missedS: fc.constantFrom(0, 0, 20, 1_000),
  settleMs: fc.constantFrom(0, 300, 8_000),
  /** When the process stops, once; the notice is delivered again then. */
  stopS: fc.constantFrom(undefined, 0, 1, 10, 59, 61, 200)
})

function begin({
  groups,
  troubles,
  silentS,
  missedS,
  settleMs
}: typeof scenario extends fc.Arbitrary<infer Value> ? Value : never): Stage {
  const stage = new Stage()
  const { balancing, clock } = stage
  groups.forEach((weights, index) => {
    const own = weights.map((weight, port) => backend(INSTANCE, { port: 80 + port, weight }))
    balancing.addGroup(`group-${index}`, [...own, backend(OTHER)], index % 2 === 0 ? 'clb' : 'nlb')
  })
  balancing.settleMs = settleMs
  balancing.trouble = (verb, groupId) => {
    const nowS = clock.elapsed() / 1_000
    return troubles.find(
      (each) =>
        each.verb === verb && groupId === `group-${each.group}` && nowS >= each.fromS && nowS < each.fromS + each.forS
    )?.kind
  }
  balancing.missing = () =>
    clock.elapsed() < missedS * 1_000 ? [{ kind: 'nlb', groupId: '', reason: 'HTTP 503' }] : []
  stage.describe = () =>
    clock.elapsed() < silentS * 1_000
      ? { kind: 'unavailable', fault: faultOf('ServiceUnavailable') }
      : { kind: 'done', value: instance() }
  return stage
}

test('whatever goes wrong: what was not drained is told, nothing changes before its intent, nobody else is touched', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const stage = begin(given)
      const { balancing, clock } = stage
      const noticeMs = clock.now() - given.agoS * 1_000
      const intentsAt = watchIntents(stage)
      const endMs = Math.max(0, NOTICE_MS - given.agoS * 1_000) + AFTER_MS
      const stop = new AbortController()
      let run = stage.run({ timeMs: noticeMs, signal: stop.signal })
      if (given.stopS !== undefined) {
        await clock.advance(given.stopS * 1_000)
        stop.abort()
        if ((await run) === 'again') run = stage.run({ timeMs: noticeMs })
      }
      await clock.advance(endMs)
      expect(await run).toBe('settled')

      const summary = stage.summary()
      given.groups.forEach((_weights, index) => {
        const id = `group-${index}`
        const entries = balancing.entries(id) ?? []
        expect(entries).toContain(`${OTHER}:80@100`)
        const isLeft = entries.some((entry) => entry.startsWith(INSTANCE))
        if (isLeft) expect(summary?.decision).toBe('gave_up')
      })
      if (summary?.decision === 'done') expect(stage.told().join()).not.toContain('gave_up')
      expect(intentsAt()).toEqual([])
    }),
    { numRuns: 200 }
  )
})

/** The changing calls that came before an intent of their group was written down. */
function watchIntents({ balancing, records }: Stage): () => string[] {
  const early: string[] = []
  const before = balancing.trouble
  balancing.trouble = (verb, groupId) => {
    const isChange = verb === 'setWeight' || verb === 'remove'
    if (isChange && !records.some(({ decision, target }) => decision === 'intent' && target === groupId)) {
      early.push(`${verb} ${groupId}`)
    }
    return before(verb, groupId)
  }
  return () => early
}
