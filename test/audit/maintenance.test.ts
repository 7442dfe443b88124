import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProof, PATIENCE_MS, type Proof } from './support/proof.ts'
import { RESTLESS_SEEDS, restlessLog } from './support/restless-fleet.ts'
import { maintenanceAnswers } from './truth/maintenance-truth.ts'

describe.each(RESTLESS_SEEDS)('what became of the maintenance of fleet %i is answered as it was', (seed) => {
  const log = restlessLog(seed)
  let proof: Proof

  beforeAll(async () => {
    proof = await openProof(log)
  }, PATIENCE_MS)

  afterAll(() => proof.close())

  test.each(maintenanceAnswers(log))(
    '$question',
    async (answer) => {
      expect(await proof.differences(answer)).toEqual({})
    },
    PATIENCE_MS
  )
})
