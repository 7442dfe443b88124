import { describe, expect, test } from 'vitest'
import { candidatesOf, describeCandidate, runRequest } from '../../../src/actions/replace/candidate.ts'
import { actionsSchema } from '../../../src/config/actions-schema.ts'

const config = (replace: Readonly<Record<string, unknown>>) => actionsSchema.parse({ replace }).replace

describe('candidates', () => {
  test('are walked as spot, then pay-as-you-go where that is allowed', () => {
    const candidates = [{ zone: 'h' }, { zone: 'i', vSwitch: 'vsw-i', type: 'ecs.c6.large' }]
    expect(candidatesOf(config({ candidates, onDemand: true })).map(describeCandidate)).toEqual([
      'h, SpotAsPriceGo',
      'i vsw-i ecs.c6.large, SpotAsPriceGo',
      'h, NoSpot',
      'i vsw-i ecs.c6.large, NoSpot'
    ])
    expect(candidatesOf(config({ candidates }))).toHaveLength(2)
    expect(candidatesOf(config({ candidates, onDemand: true, spotStrategy: 'NoSpot' }))).toHaveLength(2)
  })

  test('without any, the launch template decides', () => {
    expect(candidatesOf(config({})).map(describeCandidate)).toEqual(['as the launch template says, SpotAsPriceGo'])
  })
})

describe('a purchase', () => {
  const settings = config({ launchTemplate: 'lt-1', spotStrategy: 'SpotWithPriceLimit', spotPriceLimit: 0.25 })
  const [candidate] = candidatesOf(settings)
  const request = (purchase: { generation?: number; index?: number; salted?: boolean }, causedBy = 'notice-1') => {
    if (candidate === undefined) throw new Error('no candidate')
    return runRequest(
      { generation: 0, index: 0, salted: false, ...purchase },
      { config: settings, candidate, causedBy, instanceId: 'i-old1', inherited: { team: 'web' } }
    )
  }

  test('asks for the very same thing whenever and by whomever it is made', () => {
    expect(request({})).toEqual(request({}))
    expect(request({})).toMatchObject({
      launchTemplateId: 'lt-1',
      spotStrategy: 'SpotWithPriceLimit',
      spotPriceLimit: 0.25,
      tags: { team: 'web', 'ecs-audit:replaces': 'i-old1', 'ecs-audit:candidate': '0.0' }
    })
  })

  test('has a token of its own for each notice, generation and candidate, of 64 ASCII characters', () => {
    const tokens = [
      request({}),
      request({ index: 1 }),
      request({ generation: 1 }),
      request({ salted: true }),
      request({}, 'notice-2')
    ].map(({ clientToken }) => clientToken)
    expect(new Set(tokens).size).toBe(5)
    for (const token of tokens) expect(token).toMatch(/^[\x20-\x7e]{1,64}$/)
  })
})
