import { describe, expect, it } from 'vitest'
import { FIELDS } from '../../src/logstore/fields.ts'
import { indexConfiguration } from '../../src/logstore/index-configuration.ts'
import { openClient, openSls } from './open-sink.ts'

describe('indexConfiguration', () => {
  it('has statistics on for every field', () => {
    const { keys } = indexConfiguration()
    expect(Object.keys(keys)).toEqual(Object.keys(FIELDS))
    for (const key of Object.values(keys)) expect(key.doc_value).toBe(true)
  })

  it('indexes numbers as long, ids as one term, and words as words', () => {
    const { keys } = indexConfiguration()
    expect(keys['lag_ms']).toEqual({ type: 'long', doc_value: true })
    expect(keys['instance_id']).toEqual({ type: 'text', doc_value: true, caseSensitive: false, chn: false, token: [] })
    expect(keys['content']?.token).toContain(' ')
    expect(keys['tags']).toMatchObject({ type: 'json', index_all: true, doc_value: true })
  })

  it('stays far below the 64 KB that a configuration may have', () => {
    expect(JSON.stringify(indexConfiguration()).length).toBeLessThan(32 * 1024)
  })

  it('is taken by the service, and read back as it was sent', async () => {
    const client = openClient((await openSls({}, { keys: { old: { type: 'long' } } })).server.url)
    const path = '/logstores/ecs-events/index'
    const body = indexConfiguration()
    const updated = await client.call({ operation: 'UpdateIndex', method: 'PUT', path, body, answer: 'none' })
    expect(updated).toMatchObject({ kind: 'ok' })
    const read = await client.call({ operation: 'GetIndex', method: 'GET', path, answer: 'json' })
    expect(read).toMatchObject({ kind: 'ok', body })
  })
})
