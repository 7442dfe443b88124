import { describe, expect, test } from 'vitest'
import { newEntries } from '../../../src/actions/replace/new-entries.ts'
import type { Backend } from '../../../src/cloud/balancing.ts'
import { member } from './fixtures.ts'
import { machine } from './memory-cloud.ts'

describe('entries of the new instance', () => {
  const fresh = machine('i-new1', { networkInterfaceIds: ['eni-n'], privateIps: ['10.0.0.2', '10.0.0.3'] })
  const place = (given: Partial<Backend>): Partial<Backend> | undefined => {
    const entries = newEntries([member('g', { description: 'web', ...given })], fresh, () => 100)
    return entries?.[0]?.backend
  }

  test.each<{ was: string; given: Partial<Backend>; is: Partial<Backend> }>([
    { was: 'instance', given: { port: 8080, weight: 7 }, is: { serverId: 'i-new1', port: 8080, weight: 7 } },
    { was: 'instance of a default group', given: { port: undefined }, is: { serverId: 'i-new1', port: undefined } },
    {
      was: 'instance with an address told',
      given: { serverType: 'Ecs', serverIp: '10.0.0.9' },
      is: { serverId: 'i-new1', serverIp: '' }
    },
    { was: 'interface', given: { serverId: 'eni-o', serverType: 'eni' }, is: { serverId: 'eni-n', serverIp: '' } },
    {
      was: 'interface with its address',
      given: { serverId: 'eni-o', serverType: 'Eni', serverIp: '10.0.0.9' },
      is: { serverId: 'eni-n', serverType: 'Eni', serverIp: '10.0.0.2' }
    },
    {
      was: 'address',
      given: { serverId: '10.0.0.9', serverType: 'Ip', serverIp: '10.0.0.9' },
      is: { serverId: '10.0.0.2', serverType: 'Ip', serverIp: '10.0.0.2' }
    }
  ])('$was: the same of the new one', ({ given, is }) => {
    expect(place(given)).toMatchObject({ description: 'web', ...is })
  })

  test('have the weight from before the drain', () => {
    expect(place({ weight: 0 })).toMatchObject({ weight: 100 })
  })

  test('of several interfaces on one port are one, of the larger weight', () => {
    const both = [
      member('g', { serverId: 'eni-a', serverType: 'eni', weight: 10 }),
      member('g', { serverId: 'eni-b', serverType: 'eni', weight: 40 })
    ]
    expect(newEntries(both, fresh, () => 0)?.map(({ backend: { weight } }) => weight)).toEqual([40])
  })

  test('wait until ECS tells the interface or the address', () => {
    const bare = machine('i-new1', { networkInterfaceIds: [], privateIps: [] })
    expect(newEntries([member('g', { serverType: 'eni' })], bare, () => 0)).toBeUndefined()
    expect(newEntries([member('g', { serverType: 'Ip' })], bare, () => 0)).toBeUndefined()
    expect(newEntries([member('g')], bare, () => 0)).toHaveLength(1)
  })
})
