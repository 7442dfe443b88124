import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProof, PATIENCE_MS, type Proof, type TrueAnswer } from './support/proof.ts'
import { worlds } from './support/worlds.ts'
import type { World } from './truth/facts.ts'
import { interruptionAnswers } from './truth/interruption-truth.ts'
import { lifeAnswers } from './truth/life-truth.ts'
import { releaseAnswers } from './truth/release-truth.ts'

const VARIANT_SEED = 20_261_020

describe.each(worlds())('the lives of $name are answered as they were, whatever happened to the log', (world) => {
  let proof: Proof

  beforeAll(async () => {
    proof = await openProof({ ...world, seed: VARIANT_SEED })
  }, PATIENCE_MS)

  afterAll(() => proof.close())

  test.each(answersOf(world).map((answer) => [nameOf(answer), answer] as const))(
    '%s',
    async (_, answer) => {
      expect(answer.rows).not.toEqual([])
      expect(await proof.differences(answer)).toEqual({})
    },
    PATIENCE_MS
  )
})

function answersOf(world: World): TrueAnswer[] {
  return [...lifeAnswers(world), ...releaseAnswers(world), ...interruptionAnswers(world)]
}

function nameOf({ question, parameters = {} }: TrueAnswer): string {
  return [question, ...Object.values(parameters)].join(' ')
}
