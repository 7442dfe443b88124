import { expect, test } from 'vitest'
import { describeEvent } from '../../src/events/event-catalogue.ts'
import { decodedEvent, SAMPLES } from './samples.ts'

test('every sample of an ECS event or alarm is described', () => {
  const unknown = SAMPLES.map((json) => decodedEvent(json).name).filter((name) => describeEvent(name) === undefined)
  expect(unknown).toEqual(['Agent_Status_Stopped'])
})

test('the suffix of a name does not matter', () => {
  expect(describeEvent('Instance:SystemFailure.Stop:Executed')).toEqual(describeEvent('Instance:SystemFailure.Stop'))
  expect(describeEvent('Instance:SystemFailure.Stop')?.family).toBe('failure')
  expect(describeEvent('MetricAlert:cpu')?.family).toBe('alarm')
})

test('names that nobody lists have no description', () => {
  for (const name of ['', ':', 'Instance', 'constructor:prototype', '__proto__', 'Tomorrow:StateChange']) {
    expect(describeEvent(name)).toBeUndefined()
  }
})
