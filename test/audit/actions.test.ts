import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACTION_SEEDS, type ActionLog, actionLog } from './support/action-log.ts'
import { openProof, PATIENCE_MS, type Proof, type TrueAnswer } from './support/proof.ts'
import { actionAnswers } from './truth/action-truth.ts'
import { drainAnswers } from './truth/drain-truth.ts'
import { replaceAnswers } from './truth/replace-truth.ts'
import { restartAnswers } from './truth/restart-truth.ts'

describe.each(ACTION_SEEDS)(
  'what was done by history %i is answered as it was, whatever happened to the log',
  (seed) => {
    const log = actionLog(seed)
    let proof: Proof

    beforeAll(async () => {
      proof = await openProof(log)
    }, PATIENCE_MS)

    afterAll(() => proof.close())

    test.each(answersOf(log).map((answer) => [nameOf(answer), answer] as const))(
      '%s',
      async (_, answer) => {
        expect(await proof.differences(answer)).toEqual({})
      },
      PATIENCE_MS
    )
  }
)

function answersOf(log: ActionLog): TrueAnswer[] {
  return [...restartAnswers(log), ...drainAnswers(log), ...replaceAnswers(log), ...actionAnswers(log)]
}

function nameOf({ question, parameters = {} }: TrueAnswer): string {
  return [question, ...Object.values(parameters)].join(' ')
}
