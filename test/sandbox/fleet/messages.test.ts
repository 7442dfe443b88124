import { describe, expect, it } from 'vitest'
import type { FleetMessage } from '../../../src/sandbox/fleet/courier.ts'
import type { EnvelopeKind } from '../../../src/sandbox/fleet/envelopes.ts'
import { createFleet } from '../../../src/sandbox/fleet/fleet.ts'
import { NO_NOISE } from '../../../src/sandbox/fleet/options.ts'
import { type Fields, object, readMessage, sample, shapeOf, text } from './read-message.ts'

const START = Date.UTC(2026, 0, 5)

/** Two days of a fleet, all in one envelope. */
function messagesIn(envelope: EnvelopeKind): FleetMessage[] {
  const fleet = createFleet({
    seed: 11,
    startMs: START,
    size: 60,
    recoverAfterMs: 3_600_000,
    envelopes: { [envelope]: 1 },
    noise: NO_NOISE
  })
  return fleet.advance(START + 48 * 3_600_000)
}

const parsed = (envelope: EnvelopeKind): Fields[] => messagesIn(envelope).map(({ body }) => object(JSON.parse(body)))
const isStateChange = ({ name, type }: Fields) => (name ?? type) === 'Instance:StateChange'

/** Lines of the samples by what a message of the fleet is compared with; operations by their status. */
const SAMPLE_LINES: Readonly<Record<string, readonly number[]>> = {
  'Instance:StateChange': [1, 8],
  'Instance:PreemptibleInstanceInterruption': [11, 12],
  Scheduled: [15],
  Inquiring: [18],
  Executing: [19],
  Executed: [20],
  Avoided: [17],
  Canceled: [17],
  'Instance:LiveMigrationAcrossDDH': [26, 27],
  'Instance:PerformanceModeChange': [28],
  'Instance:BurstablePerformanceRestricted': [29],
  'Instance:VSwitchChanged': [30],
  'Disk:Stalled': [31, 33],
  'Disk:ErrorDetected': [31, 33],
  'Disk:DiskOperationCompleted': [34],
  'Disk:ConvertToPostpaidCompleted': [36],
  'Disk:OverduePaymentRelease': [37],
  'Snapshot:CreateSnapshotCompleted': [38],
  'NetworkInterface:NetworkInterfaceOperateCompleted': [39],
  'NetworkInterface:PrivateIPAssigned': [40],
  'CloudAssistant:TaskCompleted': [51]
}

function sampleLines(message: Fields): readonly number[] {
  const status = object(message['content'])['eventStatus']
  const family = status === undefined ? text(message['name']).split(':').slice(0, 2).join(':') : text(status)
  const lines = SAMPLE_LINES[family]
  if (lines === undefined) throw new RangeError(`No sample for ${family}`)
  return lines
}

/** `notBefore` belongs to planned operations, whatever their status; no sample has it in every status. */
function contentShape(content: unknown): unknown {
  const { notBefore: _, ...rest } = object(content)
  return shapeOf(rest)
}

function topShape(message: Fields): unknown {
  const { content: _, ...rest } = message
  return shapeOf(rest)
}

describe('the classic envelope', () => {
  const messages = parsed('classic')

  it('comes with every event that there is a sample of', () => {
    const lines = new Set(messages.flatMap(sampleLines))
    expect(lines).toEqual(new Set(Object.values(SAMPLE_LINES).flat()))
  })

  it('has the keys and types of the sample, around the content and in it', () => {
    for (const message of messages) {
      const lines = sampleLines(message)
      const contents = lines.map((line) => contentShape(sample(line)['content'] ?? sample(line)['data']))
      expect(contents).toContainEqual(contentShape(message['content']))
      const tops = lines.filter((line) => line !== 51).map((line) => topShape(sample(line)))
      if (tops.length > 0) expect(tops).toContainEqual(topShape(message))
    }
  })

  it('tells planned operations from failures by `notBefore`', () => {
    const keys = messages.map(({ name, content }) => [text(name), 'notBefore' in object(content)] as const)
    expect(keys.filter(([name]) => name.endsWith(':Scheduled')).every(([, planned]) => planned)).toBe(true)
    expect(keys.filter(([name]) => name.includes('Failure')).some(([, planned]) => planned)).toBe(false)
  })

  it('tells the time in UTC+8 in the compact form, within the time that went by', () => {
    for (const message of messages) {
      expect(message['eventTime']).toMatch(/^2026010[5-7]T\d{6}\.\d{3}\+0800$/)
      const { atMs } = readMessage(JSON.stringify(message))
      expect(atMs).toBeGreaterThanOrEqual(START)
      expect(atMs).toBeLessThanOrEqual(START + 48 * 3_600_000)
    }
  })

  it('shows the quirks of the vendor samples: stale names, shared ids, two levels of a notice', () => {
    const avoided = messages.filter(({ content }) => object(content)['eventStatus'] === 'Avoided')
    const names = new Set(avoided.map(({ name }) => text(name).split(':')[2]))
    expect(names).toEqual(new Set(['Avoided', 'Scheduled']))
    expect(new Set(messages.map(({ id }) => id)).size).toBeLessThan(messages.length)
    const notices = messages.filter(({ name }) => name === 'Instance:PreemptibleInstanceInterruption')
    expect(new Set(notices.map(({ level }) => level))).toEqual(new Set(['INFO', 'WARN']))
  })
})

describe('the other envelopes', () => {
  it('enriched: the keys of the sample, and the full content of a state change', () => {
    for (const message of parsed('enriched')) {
      expect(topShape(message)).toEqual(topShape(sample(9)))
      if (isStateChange(message)) expect(shapeOf(message)).toEqual(shapeOf(sample(9)))
    }
  })

  it('subscription: the shape of the sample to the last key', () => {
    const changes = parsed('subscription').filter(({ alert }) => object(alert)['eventName'] === 'Instance:StateChange')
    expect(changes.length).toBeGreaterThan(100)
    for (const message of changes) expect(shapeOf(message)).toEqual(shapeOf(sample(43)))
  })

  it('subscription-form: every value a text, and the shape of the sample inside the texts', () => {
    const inner = (message: Fields) =>
      ['userInfo', 'subscription', 'relatedAlertIds', 'alert'].map((key) => shapeOf(JSON.parse(text(message[key]))))
    for (const message of parsed('subscription-form')) {
      expect(shapeOf(message)).toEqual(shapeOf(sample(44)))
      const isChange = text(message['alert']).includes('"eventName":"Instance:StateChange"')
      if (isChange) expect(inner(message)).toEqual(inner(sample(44)))
    }
  })

  it('cloudevents: the keys of the samples, no status in the type, the content as data', () => {
    const bare = ({ data: _, ...rest }: Fields) => shapeOf(rest)
    const allowed = [bare(sample(47)), bare(sample(48))]
    const forms = new Set<string>()
    for (const message of parsed('cloudevents')) {
      expect(allowed).toContainEqual(bare(message))
      expect(text(message['type'])).toMatch(/^ecs:[A-Za-z]+:[A-Za-z.]+$/)
      forms.add(text(message['time']).replace(/\d/g, '9'))
    }
    expect(forms).toEqual(
      new Set(['9999-99-99T99:99:99+99:99', '9999-99-99T99:99:99.999Z', '9999-99-99T99:99:99.999Asia/Shanghai'])
    )
  })

  it('topic: the notification of the sample around a classic message', () => {
    for (const message of parsed('topic')) {
      expect(shapeOf(message)).toEqual(shapeOf(sample(54)))
      const inner = object(JSON.parse(text(message['Message'])))
      if (isStateChange(inner) && 'ver' in inner) expect(shapeOf(inner)).toEqual(shapeOf(sample(1)))
    }
  })

  it('bare-data: the content alone', () => {
    const changes = parsed('bare-data').filter((message) => 'state' in message)
    expect(changes.length).toBeGreaterThan(100)
    for (const message of changes) expect(shapeOf(message)).toEqual(shapeOf(sample(53)))
  })

  it('are drawn by weight', () => {
    const fleet = createFleet({
      seed: 3,
      startMs: START,
      size: 100,
      envelopes: { classic: 3, cloudevents: 1 },
      noise: NO_NOISE
    })
    const messages = fleet.advance(START + 24 * 3_600_000)
    const share = messages.filter(({ envelope }) => envelope === 'classic').length / messages.length
    expect(share).toBeGreaterThan(0.7)
    expect(share).toBeLessThan(0.8)
  })
})
