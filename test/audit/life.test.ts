import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/audit/catalogue.ts'
import type { SlsReader } from '../../src/logstore/sls-reader.ts'
import { type AuditStore, openAuditStore } from './support/audit-store.ts'
import { difference } from './support/compare.ts'
import { LATEST_MS, logOf, VARIANTS } from './support/log-variants.ts'
import { type ToldWorld, worlds } from './support/worlds.ts'
import type { Case, World } from './truth/facts.ts'
import { interruptionCases } from './truth/interruption-truth.ts'
import { lifeCases } from './truth/life-truth.ts'
import { releaseCases } from './truth/release-truth.ts'

const VARIANT_SEED = 20_261_020
const PATIENCE_MS = 600_000

const catalogue = loadCatalogue()
const told = worlds()
let store: AuditStore

beforeAll(async () => {
  store = await openAuditStore()
})

afterAll(() => store.close())

describe.each(told)('$name', (world) => {
  test('the truth has something to say about every question', () => {
    const silent = casesOf(world).filter(({ rows }) => rows(world).length === 0)
    expect(silent.map(nameOf)).toEqual([])
  })

  describe.each(VARIANTS)('the log %s', (variant) => {
    let reader: SlsReader

    beforeAll(async () => {
      reader = await store.keep(logOf(world.arrivals, variant, VARIANT_SEED))
    }, PATIENCE_MS)

    test.each(casesOf(world).map((each) => ({ name: nameOf(each), each })))(
      '$name',
      async ({ each }) => {
        expect(await wrong(reader, world, each)).toBe('')
      },
      PATIENCE_MS
    )
  })
})

function casesOf(world: World): Case[] {
  return [...lifeCases(world), ...releaseCases(world), ...interruptionCases(world)]
}

function nameOf({ question, parameters = {} }: Case): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  return [question, ...given].join(' ')
}

/** What differs between a question's answer and the truth. */
function wrong(reader: SlsReader, world: ToldWorld, { question: name, parameters, rows }: Case): Promise<string> {
  const question = catalogue.get(name)
  if (question === undefined) throw new Error(`There is no question ${name}`)
  const window = { fromMs: world.fromMs, untilMs: world.untilMs + LATEST_MS }
  return difference(reader, { question, ...window, ...(parameters && { parameters }) }, rows(world))
}
