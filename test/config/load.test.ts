import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { type ConfigInput, loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { AuditError } from '../../src/lib/errors.ts'

const COMPLETE = {
  region: 'cn-hangzhou',
  queue: { endpoint: 'https://1.mns.cn-hangzhou.aliyuncs.com', name: 'ecs-cms-event' },
  logstore: { endpoint: 'https://cn-hangzhou.log.aliyuncs.com', project: 'my-audit', name: 'ecs-events' }
}

const home = process.cwd()
let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ecs-audit-config-'))
  file = join(directory, 'audit.yaml')
})

afterEach(() => {
  process.chdir(home)
  rmSync(directory, { recursive: true, force: true })
})

/** Loads a file that holds this: a text as it is, everything else as YAML. */
function load(content: unknown, rest: Partial<ConfigInput> = {}): Config {
  writeFileSync(file, typeof content === 'string' ? content : stringify(content))
  return loadConfig({ file, environment: {}, ...rest })
}

/** The message of the one error that loading may throw. */
function complaint(content: unknown, rest: Partial<ConfigInput> = {}): string {
  try {
    load(content, rest)
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AuditError)
    expect(thrown).toMatchObject({ code: 'config' })
    return (thrown as AuditError).message
  }
  throw new Error('the configuration was taken')
}

describe('a good configuration', () => {
  test('is complete: durations in ms, sizes in bytes, every default filled in', () => {
    const config = load({
      ...COMPLETE,
      queue: { ...COMPLETE.queue, visibility: '2m' },
      logstore: { ...COMPLETE.logstore, batch: { maxBytes: '1MiB' } }
    })
    expect(config).toMatchObject({
      region: 'cn-hangzhou',
      queues: [{ name: 'ecs-cms-event', urgent: false, receivers: 4, waitSeconds: 30, visibility: 120_000 }],
      logstore: { puts: 8, batch: { maxBytes: 1_048_576, maxCount: 4_096, linger: 2_000 } },
      limits: { maxMessages: 4_096, maxBytes: 67_108_864 },
      actions: { dryRun: true, restart: { enabled: false, match: { tag: { 'ecs-audit': 'restart' } } } },
      endpoints: { ecs: '', slb: '', alb: '', nlb: '' },
      http: { host: '127.0.0.1', port: 9_464 },
      shutdown: { grace: 30_000 }
    })
    expect(config.credentials).toBeUndefined()
  })

  test('needs no file: without --config a missing ecs-audit.yaml is fine', () => {
    process.chdir(directory)
    const environment = {
      ECS_AUDIT_REGION: 'cn-beijing',
      ECS_AUDIT_QUEUE_ENDPOINT: 'http://127.0.0.1:1',
      ECS_AUDIT_QUEUE_NAME: 'q',
      ECS_AUDIT_LOGSTORE_ENDPOINT: 'http://[::1]:1',
      ECS_AUDIT_LOGSTORE_PROJECT: 'p',
      ECS_AUDIT_LOGSTORE_NAME: 'l'
    }
    expect(loadConfig({ environment }).region).toBe('cn-beijing')
    expect(() => loadConfig({ environment: {} })).toThrow('Cannot find a configuration. It needs:')
  })

  test('is read from ecs-audit.yaml where it exists', () => {
    process.chdir(directory)
    writeFileSync('ecs-audit.yaml', stringify({ ...COMPLETE, region: 'cn-shanghai' }))
    expect(loadConfig({ environment: {} }).region).toBe('cn-shanghai')
  })
})

describe('environment over file, flags over both', () => {
  test('each wins over the one before', () => {
    const content = { ...COMPLETE, actions: { dryRun: true }, log: { level: 'warn', interval: '5s' } }
    const environment = { ECS_AUDIT_ACTIONS_DRY_RUN: 'true', ECS_AUDIT_LOG_LEVEL: 'error' }
    const config = load(content, { environment, flags: { 'actions.dryRun': false } })
    expect(config.actions.dryRun).toBe(false)
    expect(config.log).toEqual({ level: 'error', interval: 5_000 })
  })

  test('a text is taken as it is, everything else as YAML', () => {
    const config = load(COMPLETE, {
      environment: {
        ECS_AUDIT_QUEUE_NAME: '007',
        ECS_AUDIT_QUEUE_URGENT: 'true',
        ECS_AUDIT_QUEUE_WAIT_SECONDS: '7',
        ECS_AUDIT_QUEUE_VISIBILITY: '90s',
        ECS_AUDIT_ACTIONS_DRAIN_MATCH: '{ ids: [i-1, i-2] }',
        ECS_AUDIT_ACTIONS_DRAIN_GROUPS: '[rsp-1]'
      }
    })
    expect(config.queues).toMatchObject([{ name: '007', urgent: true, waitSeconds: 7, visibility: 90_000 }])
    expect(config.actions.drain).toMatchObject({ match: { ids: ['i-1', 'i-2'] }, groups: ['rsp-1'] })
  })

  test('variables of others are left alone, also those that Kubernetes sets next to a Service of this name', () => {
    const environment = {
      ECS_AUDITOR: '1',
      PATH: '/bin',
      ECS_AUDIT_SERVICE_HOST: '10.0.0.1',
      ECS_AUDIT_SERVICE_PORT: '9464',
      ECS_AUDIT_SERVICE_PORT_METRICS: '9464',
      ECS_AUDIT_PORT: 'tcp://10.0.0.1:9464',
      ECS_AUDIT_PORT_9464_TCP: 'tcp://10.0.0.1:9464',
      ECS_AUDIT_PORT_9464_TCP_PROTO: 'tcp'
    }
    expect(load(COMPLETE, { environment })).toEqual(load(COMPLETE))
  })
})

describe('queues', () => {
  const { queue, ...rest } = COMPLETE

  test('take what `queue` says as the defaults of each entry', () => {
    const config = load({ ...COMPLETE, queues: [{ name: 'urgent', urgent: true }, { receivers: 2 }] })
    expect(config.queues).toMatchObject([
      { endpoint: queue.endpoint, name: 'urgent', urgent: true, receivers: 4 },
      { endpoint: queue.endpoint, name: 'ecs-cms-event', urgent: false, receivers: 2 }
    ])
  })

  test('take ECS_AUDIT_QUEUE_... as the defaults of each entry', () => {
    const environment = { ECS_AUDIT_QUEUE_ENDPOINT: queue.endpoint, ECS_AUDIT_QUEUE_RECEIVERS: '3' }
    const config = load({ ...rest, queues: [{ name: 'a' }, { name: 'b', receivers: 1 }] }, { environment })
    expect(config.queues).toMatchObject([
      { name: 'a', endpoint: queue.endpoint, receivers: 3 },
      { name: 'b', endpoint: queue.endpoint, receivers: 1 }
    ])
  })

  test('come from ECS_AUDIT_QUEUES too, over those of the file', () => {
    const environment = { ECS_AUDIT_QUEUES: '[{ name: a, urgent: true }, { name: b }]' }
    expect(load(COMPLETE, { environment }).queues).toMatchObject([
      { name: 'a', endpoint: queue.endpoint, urgent: true },
      { name: 'b', endpoint: queue.endpoint, urgent: false }
    ])
    expect(load({ ...COMPLETE, queues: [{ name: 'c' }] }, { environment }).queues).toHaveLength(2)
    expect(complaint(COMPLETE, { environment: { ECS_AUDIT_QUEUES: '[{ name: 5 }]' } })).toContain(
      '  queues[0].name: expected the name of the queue; found 5 in ECS_AUDIT_QUEUES'
    )
    expect(complaint(COMPLETE, { environment: { ECS_AUDIT_QUEUES: '' } })).toContain(
      '  queues: expected a list; found null in ECS_AUDIT_QUEUES'
    )
  })

  test('are told by their place in the list', () => {
    expect(complaint({ ...rest, queues: [queue, { ...queue, name: 5 }] })).toContain(
      '  queues[1].name: expected the name of the queue; found 5'
    )
  })

  test.each([
    [{ ...rest, queues: [] }, 'queues: expected at least one queue; found []'],
    [{ ...rest, queues: null }, 'queues: expected a list; found null'],
    [{ ...rest, queues: ['ecs-cms-event'] }, 'queues[0]: expected options below it; found "ecs-cms-event"'],
    [{ ...rest, queue: 'ecs-cms-event', queues: [queue] }, 'queue: expected the options that all queues share'],
    [{ ...rest, queue: 'ecs-cms-event' }, 'queue: expected options below it; found "ecs-cms-event"']
  ])('%j is no queue', (content, expected) => {
    expect(complaint(content)).toContain(expected)
  })
})

describe('mistakes', () => {
  test('are told all at once, each with its path, what was expected and what was found', () => {
    const message = complaint(
      {
        regoin: 'cn-hangzhou',
        queue: { endpoint: 'http://1.mns.cn-hangzhou.aliyuncs.com', name: '', receivers: 0, waitSeconds: '30s' },
        logstore: { endpoint: 'cn-hangzhou.log.aliyuncs.com', name: 'ecs-events', batch: { linger: 'soon' } },
        actions: { drain: { groups: 5 }, restart: { match: { tag: { env: 1 } } } },
        endpoints: { ecs: 'ecs' },
        log: { level: 'loud' },
        credentials: { accessKeyId: 'id', accessKeySecret: 'hush-hush' }
      },
      { environment: { ECS_AUDIT_QUEUE_NMAE: 'x', ECS_AUDIT_LIMITS_MAX_BYTES: 'much' } }
    )
    const [heading, ...problems] = message.split('\n')
    expect(heading).toBe(`Cannot use the configuration from ${file} and the environment: 16 problems.`)
    expect(problems.map((line) => line.trim()).sort()).toEqual([
      'ECS_AUDIT_QUEUE_NMAE: expected ECS_AUDIT_QUEUE_NAME (is it this?); found an unknown one',
      'actions.drain.groups: expected discover, or a list of server groups; found 5',
      'actions.restart.match.tag.env: expected a text; found 1',
      'credentials: expected no keys in the file unless every endpoint is a loopback address; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET instead; found keys, while one endpoint is at 1.mns.cn-hangzhou.aliyuncs.com',
      'endpoints.ecs: expected the ECS endpoint: https:// and a host, without a path, user or query; found "ecs"',
      'limits.maxBytes: expected a size from 64KiB to 1GiB, such as 512KiB or 64MiB; found "much" in ECS_AUDIT_LIMITS_MAX_BYTES',
      'log.level: expected one of debug, info, warn, error, silent; found "loud"',
      'logstore.batch.linger: expected a duration from 1ms to 1m, such as 500ms, 30s, 5m or 2h; found "soon"',
      'logstore.endpoint: expected the SLS endpoint: https:// and a host, without a path, user or query; found "cn-hangzhou.log.aliyuncs.com"',
      'logstore.project: expected the name of the SLS project; found nothing',
      'queue.endpoint: expected the MNS endpoint with https:// (plain http:// only for a loopback address); found "http://1.mns.cn-hangzhou.aliyuncs.com"',
      'queue.name: expected the name of the queue: 1 to 120 letters, digits and hyphens; found ""',
      'queue.receivers: expected a whole number from 1 to 64; found 0',
      'queue.waitSeconds: expected a whole number from 1 to 30; found "30s"',
      'region: expected a region id, such as cn-hangzhou; found nothing',
      'regoin: expected region (is it this?); found an unknown key'
    ])
  })

  test.each([
    ['ECS_AUDIT_QUEUE_WAIT_SECONDS', 'abc', 'queue.waitSeconds: expected a whole number from 1 to 30; found "abc"'],
    ['ECS_AUDIT_LOG_LEVEL', '', 'log.level: expected one of debug, info, warn, error, silent; found null'],
    [
      'ECS_AUDIT_QUEUE_NAME',
      '',
      'queue.name: expected the name of the queue: 1 to 120 letters, digits and hyphens; found ""'
    ],
    [
      'ECS_AUDIT_ACTIONS_RESTART_MATCH',
      '{ al: true }',
      'actions.restart.match.al: expected one of all, tag, ids, regions, name; found an unknown key'
    ],
    ['ECS_AUDIT_ACTIONS_DRAIN_MATCH', '{ ids: [1] }', 'actions.drain.match.ids[0]: expected a text; found 1']
  ])('%s=%s is told with the variable that it stands in', (name, value, problem) => {
    const message = complaint(COMPLETE, { environment: { [name]: value } })
    expect(message).toBe(
      `Cannot use the configuration from ${file} and the environment: 1 problem.\n  ${problem} in ${name}`
    )
  })

  test('a variable that is no YAML is told as that, and what it stands for is no problem beside it', () => {
    const environment = { ECS_AUDIT_ACTIONS_RESTART_MATCH: '{ all: tru', ECS_AUDIT_LIMITS_MAX_BYTES: '[' }
    const [, ...problems] = complaint(COMPLETE, { environment }).split('\n')
    expect(problems).toEqual([
      expect.stringMatching(
        /^ {2}actions\.restart\.match: expected a value in YAML; found something else in ECS_AUDIT_ACTIONS_RESTART_MATCH: it is not YAML: .*\(line 1, column 11\)$/
      ),
      expect.stringContaining('  limits.maxBytes: expected a value in YAML; found something else in ECS_AUDIT_LIMITS')
    ])
  })

  test('what all queues share is told with its variable at each queue that takes it, and no other', () => {
    const { queue, ...rest } = COMPLETE
    const content = { ...rest, queues: [queue, { ...queue, receivers: 99 }] }
    const [, ...problems] = complaint(content, { environment: { ECS_AUDIT_QUEUE_RECEIVERS: '0' } }).split('\n')
    expect(problems).toEqual([
      '  queues[0].receivers: expected a whole number from 1 to 64; found 0 in ECS_AUDIT_QUEUE_RECEIVERS',
      '  queues[1].receivers: expected a whole number from 1 to 64; found 99'
    ])
  })

  test('are few enough to read, however many there are', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`unknown${index}`, 1]))
    const message = complaint(JSON.stringify({ ...COMPLETE, ...many }))
    expect(message).toContain('500 problems')
    expect(message).toContain('... and 400 more')
    expect(message.split('\n')).toHaveLength(102)
  })

  test.each([
    ['queue.recievers', 'receivers (is it this?)'],
    ['queue.VISIBILITY', 'visibility (is it this?)'],
    ['logstore.batch.maxbyte', 'maxBytes (is it this?)'],
    ['queue.colour', 'one of endpoint, name, urgent, receivers, waitSeconds, visibility']
  ])('%s is an unknown key', (path, expected) => {
    const [first = '', ...others] = path.split('.')
    const nested = others.reduceRight<unknown>((value, key) => ({ [key]: value }), 1)
    const content = { ...COMPLETE, [first]: nested }
    expect(complaint(content)).toContain(`${path}: expected ${expected}; found an unknown key`)
  })

  test('an unknown environment variable is one', () => {
    expect(complaint(COMPLETE, { environment: { ECS_AUDIT_COLOUR: 'red' } })).toContain(
      'ECS_AUDIT_COLOUR: expected the environment variable of an option; found an unknown one'
    )
  })

  test('a key that every object has is unknown all the same', () => {
    const message = complaint(`${stringify(COMPLETE)}constructor: 1\n__proto__: { region: x }\n`)
    expect(message).toContain('constructor: expected one of')
    expect(message).toContain('__proto__: expected one of')
  })
})

describe('endpoints', () => {
  const withEndpoint = (endpoint: string): unknown => ({ ...COMPLETE, queue: { ...COMPLETE.queue, endpoint } })

  test.each(['http://127.0.0.1:8080', 'http://localhost:1/', 'http://[::1]:1', 'https://host.example:8443/'])(
    '%s is one',
    (endpoint) => {
      expect(load(withEndpoint(endpoint)).queues[0]?.endpoint).toBe(endpoint)
    }
  )

  test.each([
    'http://10.0.0.1',
    'http://127.0.0.1.evil.com',
    'http://localhost.evil.com:80',
    'http://127.0.0.1@evil.com',
    'https://',
    'https://[',
    'https://host:99999',
    'https://host/path',
    'https://host?query',
    'https://host#part',
    'https://one two',
    'ftp://host',
    'HTTPS://host',
    'host'
  ])('%s is none', (endpoint) => {
    expect(complaint(withEndpoint(endpoint))).toContain('queue.endpoint: expected the MNS endpoint')
  })

  test('one that was copied with its placeholders is told what to put there, and no more', () => {
    const [, ...problems] = complaint(withEndpoint('https://<account>.mns.cn-hangzhou.aliyuncs.com')).split('\n')
    expect(problems).toEqual([
      '  queue.endpoint: expected the MNS endpoint with your account id in the place of <account>; found "https://<account>.mns.cn-hangzhou.aliyuncs.com"'
    ])
    expect(complaint(withEndpoint('https://1.mns.<region>.aliyuncs.com'))).toContain(
      'queue.endpoint: expected the MNS endpoint with your own value in the place of <region>; found'
    )
  })

  test('a password in one is not repeated', () => {
    const message = complaint(withEndpoint('https://user:hush-hush@host'))
    expect(message).toContain('found "https://(hidden)@host"')
    expect(message).not.toContain('hush-hush')
  })
})

describe('credentials in the file', () => {
  const keys = { accessKeyId: 'local-id', accessKeySecret: 'hush-hush' }
  const local = {
    region: 'cn-hangzhou',
    queue: { endpoint: 'http://127.0.0.1:1', name: 'q' },
    logstore: { endpoint: 'http://localhost:2', project: 'p', name: 'l' }
  }

  test('are taken when every endpoint is a loopback address', () => {
    expect(load({ ...local, endpoints: { ecs: 'http://[::1]:3' }, credentials: keys }).credentials).toEqual(keys)
  })

  test.each([
    ['queue.endpoint', { ...local, queue: { ...local.queue, endpoint: 'https://evil.example' } }],
    ['one of queues', { ...local, queues: [local.queue, { ...local.queue, endpoint: 'https://evil.example' }] }],
    ['logstore.endpoint', { ...local, logstore: { ...local.logstore, endpoint: 'https://evil.example' } }],
    ['endpoints.nlb', { ...local, endpoints: { nlb: 'https://evil.example' } }]
  ])('are refused when %s is not', (_, content) => {
    const message = complaint({ ...content, credentials: keys })
    expect(message).toContain('found keys, while one endpoint is at evil.example')
    expect(message).not.toMatch(/local-id|hush-hush/)
  })

  test('are not taken from the environment', () => {
    const message = complaint(local, { environment: { ECS_AUDIT_CREDENTIALS_ACCESS_KEY_SECRET: 'hush-hush' } })
    expect(message).toContain('ECS_AUDIT_CREDENTIALS_ACCESS_KEY_SECRET: expected')
    expect(message).not.toContain('hush-hush')
  })

  test.each([
    'credentials: hush-hush',
    'credentials: [hush-hush]',
    'credentials: { accessKeyId: [hush-hush], accessKeySecret: { a: hush-hush } }',
    'credentials: { accessKeySecret: *hush-hush }',
    'credentials: { accessKeySecret: !hush-hush x }',
    'credentials:\n  accessKeySecret: hush-hush: x',
    'credentials:\n  accessKeySecret |hush-hush',
    'credentials: { accessKeySecret: >hush-hush\n }',
    '- hush-hush',
    'hush-hush'
  ])('stay out of every message: %j', (text) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
    expect(complaint(`${stringify(local)}${text}\n`)).not.toContain('hush-hush')
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })
})

describe('a file that cannot be read', () => {
  test('is named, with what to do', () => {
    const missing = join(directory, 'missing.yaml')
    const load = (): Config => loadConfig({ file: missing, environment: {} })
    expect(load).toThrow(`Cannot read the configuration file ${missing}: ENOENT`)
    expect(load).toThrow('Name an existing file with --config.')
    expect(() => loadConfig({ file: directory, environment: {} })).toThrow(/EISDIR.*--config/)
  })

  test.each([
    ['queue: {', 'it is not YAML: Flow map in block collection must be sufficiently indented and end with a } (line 1'],
    ['a: 1\n a: 2', 'it is not YAML: '],
    ['region: a\nregion: b', 'it is not YAML: Map keys must be unique (line 2, column 1).'],
    ['a: 1\n---\nb: 2', 'it is not YAML: Source contains multiple documents'],
    ['just text', 'expected options such as "region: cn-hangzhou", found a string.'],
    ['- a\n- b', 'expected options such as "region: cn-hangzhou", found a list.'],
    ['42', 'found a number.']
  ])('%j says why and where', (text, why) => {
    const message = complaint(text)
    expect(message).toContain(`Cannot read the configuration file ${file}: `)
    expect(message).toContain(why)
  })

  test('a file that is no configuration by its size is refused unread', () => {
    const text = `# ${'x'.repeat(300_000)}`
    expect(complaint(text)).toContain(`expected at most 65536 characters, found ${text.length}.`)
  })

  test.each(['[', '{', '? ', '- ', '[[]', '{a: [', '["]", '])(
    'a file of nothing but %j is refused: its depth could end the process',
    (piece) => {
      expect(complaint(piece.repeat(10_000))).toMatch(
        /Cannot read the configuration file .*: it is nested too deeply\.$/
      )
      expect(complaint(`region: ${piece.repeat(1_000)}`)).toMatch(/nested too deeply|not YAML/)
    }
  )

  test('a file that is indented more and more is refused', () => {
    const lines = Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`)
    expect(complaint(lines.join('\n'))).toMatch(/: it is indented too deeply\.$/)
  })

  test('what the parser says of a tag is not repeated', () => {
    expect(complaint('region: !hush-hush!secret x\n')).not.toContain('hush')
  })

  test('a file that multiplies itself by aliases is refused at once', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const item = level === 0 ? 'x' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array.from({ length: 10 }, () => item).join(', ')}]`
    })
    expect(complaint(levels.join('\n'))).toContain('Excessive alias count')
  })

  test('a value that contains itself is one wrong value', () => {
    expect(complaint(`${stringify(COMPLETE)}log: &log { level: *log }\n`)).toContain(
      'log.level: expected one of debug, info, warn, error, silent; found something that contains itself'
    )
  })

  test('nesting without end is refused', () => {
    expect(complaint(`a: ${'['.repeat(60_000)}`)).toContain('it is nested too deeply')
    expect(complaint(`log: { level: ${'['.repeat(500)}${']'.repeat(500)} }`)).toContain('it is nested too deeply')
    expect(complaint(`log: { level: ${'['.repeat(20)}${']'.repeat(20)} }`)).toContain('log.level: expected one of')
  })
})

describe('actions', () => {
  const withActions = (actions: unknown) => ({ ...COMPLETE, actions })

  test('are off by default, and a dry run when they are switched on', () => {
    const { actions } = load(withActions({ restart: { enabled: true } }))
    expect(actions).toMatchObject({ dryRun: true, restart: { enabled: true }, drain: { enabled: false } })
    expect(actions).toMatchObject({ maxAge: 900_000, replace: { enabled: false, spotStrategy: 'SpotAsPriceGo' } })
  })

  test.each([
    ['a replacement without a template', { replace: { enabled: true } }, 'actions.replace.launchTemplate: expected'],
    [
      'a template that is none',
      { replace: { launchTemplate: 'web' } },
      'actions.replace.launchTemplate: expected the id'
    ],
    [
      'a price that is missing',
      { replace: { spotStrategy: 'SpotWithPriceLimit' } },
      'actions.replace.spotPriceLimit: expected a price'
    ],
    [
      'a tag that is no pair',
      { restart: { match: { tag: 'ecs-audit' } } },
      'actions.restart.match.tag: expected tags, such as { ecs-audit: restart }; found "ecs-audit"'
    ],
    ['hours that are none', { maintenance: ['25:00-26:00'] }, 'actions.maintenance[0]: expected hours of a day'],
    ['an unknown kind of match', { restart: { match: { tags: {} } } }, 'actions.restart.match.tags'],
    ['a plugin without a module', { plugins: [{}] }, 'actions.plugins[0].module: expected the path or package name']
  ])('%s is refused', (_, actions, problem) => {
    expect(complaint(withActions(actions))).toContain(problem)
  })
})
