import { expect, test } from 'vitest'
import { OpenEpisodes } from '../../../src/actions/restart/open-episodes.ts'

const episode = { attempt: 1, firstStop: 'e', firstStopMs: 0, deadlineMs: 1, stopMs: 0 }

test('of more starts than are remembered the oldest is forgotten', () => {
  const episodes = new OpenEpisodes()
  for (let index = 0; index < 10_000; index += 1) episodes.open(`i-${index}`, episode)
  episodes.open('i-0', episode)
  episodes.open('i-new', episode)
  expect(episodes.of('i-1')).toBeUndefined()
  expect(episodes.of('i-0')).toEqual(episode)
  expect(episodes.of('i-new')).toEqual(episode)
  episodes.close('i-new')
  expect(episodes.of('i-new')).toBeUndefined()
})
