import { describe, expect, test } from 'vitest'
import { advice, type FaultPlace } from '../../src/cloud/advice.ts'
import type { Fault } from '../../src/cloud/fault.ts'

const LOGSTORE: FaultPlace = {
  service: 'logstore',
  name: 'my-audit/ecs-events',
  endpoint: 'https://cn-hangzhou.log.aliyuncs.com'
}

function fault(cls: Fault['class'], code: string): Fault {
  return { class: cls, status: 404, code, message: '', requestId: '' } as Fault
}

describe('advice', () => {
  test('on a missing project names the one call of setup that makes it', () => {
    expect(advice(fault('missing', 'ProjectNotExist'), LOGSTORE)).toBe(
      'Run "ecs-audit setup --create-project", which makes the project my-audit and its logstore, or correct logstore.project, logstore.name and logstore.endpoint.'
    )
    expect(advice(fault('missing', 'LogStoreNotExist'), LOGSTORE)).toContain(
      'Run "ecs-audit setup", which makes the logstore my-audit/ecs-events, or correct'
    )
  })

  test('on refused keys names the file where they may have come from it', () => {
    const refused = fault('credentials', 'SignatureNotMatch')
    expect(advice(refused, LOGSTORE)).toMatch(/^Check ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET/)
    for (const endpoint of ['http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost:1/']) {
      expect(advice(refused, { ...LOGSTORE, endpoint })).toMatch(
        /^Check credentials in the configuration file or, where it has none, ALIBABA_CLOUD_ACCESS_KEY_ID/
      )
    }
  })
})
