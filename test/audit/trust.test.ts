import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProof, PATIENCE_MS, type Proof, type TrueAnswer } from './support/proof.ts'
import { RESTLESS_SEEDS, restlessLog } from './support/restless-fleet.ts'
import { chartAnswers } from './truth/chart-truth.ts'
import { trustAnswers } from './truth/trust-truth.ts'

describe.each(RESTLESS_SEEDS)('whether the log of fleet %i can be trusted', (seed) => {
  const history = restlessLog(seed)
  let proof: Proof

  beforeAll(async () => {
    proof = await openProof(history)
  }, PATIENCE_MS)

  afterAll(() => proof.close())

  test.each(answersOf(history).map((answer) => [nameOf(answer), answer] as const))(
    '%s',
    async (_, answer) => {
      expect(await proof.differences(answer)).toEqual({})
    },
    PATIENCE_MS
  )
})

function answersOf(history: Parameters<typeof trustAnswers>[0]): TrueAnswer[] {
  return [...trustAnswers(history), ...chartAnswers(history)]
}

function nameOf({ question, parameters = {} }: TrueAnswer): string {
  return [question, ...Object.values(parameters)].join(' ')
}
