import { expect, test } from 'vitest'
import { isCreation } from '../../src/events/instance-state.ts'

test('Pending and Created mean creation, in any case; nothing else does', () => {
  expect(['Pending', 'Created', 'pending', 'CREATED'].every(isCreation)).toBe(true)
  expect(['', 'Panding', 'Starting', 'Running', 'Stopping', 'Stopped', 'Deleted', ' Created'].some(isCreation)).toBe(
    false
  )
})
