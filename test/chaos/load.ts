import { readFileSync } from 'node:fs'
import type { Chance } from '../../src/sandbox/fleet/chance.ts'
import { weightedChoice } from '../../src/sandbox/fleet/chance.ts'
import { generateEvents } from '../../src/sandbox/fleet/generate-events.ts'
import { stateChange } from '../support/events.ts'

/** In the content of what the logstore refuses as it is. */
export const POISON = 'chaos-poison'
/** In the content of what it refuses in every form while the faults last. */
export const STUBBORN = 'chaos-stubborn'

const SAMPLES = readFileSync(new URL('../fixtures/events.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const LARGE = 47_000
const DEPTH = 5_000

/** Bodies that are no event, on the wire as they stand here; each gets a number of its own where it can hold one. */
const HOSTILE: ReadonlyArray<(mark: string) => string> = [
  () => '',
  (mark) => `no JSON, ${mark}`,
  (mark) => `{"half": "${mark}`,
  (mark) => base64(`"only a text, ${mark}"`),
  (mark) => base64(`[{"list": "${mark}"}]`),
  (mark) => base64(`{"__proto__": {"polluted": "${mark}"}, "constructor": null, "name": "toString"}`),
  (mark) => base64(`${'['.repeat(DEPTH)}"${mark}"${']'.repeat(DEPTH)}`),
  (mark) => base64(`{"name": "Instance:StateChange", "content": "${mark}", "eventTime": "never", "id": {}}`),
  (mark) => Buffer.from(`\uFFFE${mark}\xff\xc0\x80`, 'latin1').toString('base64'),
  (mark) => base64(`{"nul": "\\u0000", "text": "\u0000${mark}"}`),
  (mark) => `<Message>&amp;${mark}]]></Message>`,
  (mark) => `日本語 \u{1F600} ${mark}`,
  (mark) => base64(`{"large": "${mark}${'x'.repeat(LARGE)}"}`),
  (mark) => base64(`{"decision":"allow","${mark}":1e999,"eventTime":1e308}`)
]

const KINDS = weightedChoice({ classic: 45, fleet: 32, sample: 10, hostile: 9, poison: 4 })
const FLEET_MESSAGES = 100_000
const NOISE = { duplicateRate: 0.03, debugRate: 0.02, metricAlertRate: 0.02, legacyAlarmRate: 0.02 }
const STRANGE = { otherProductRate: 0.02, garbageRate: 0.02 }

/** Messages of all shapes, as they stand on the wire; repeatable but for their times. */
export class Messages {
  readonly #chance: Chance
  readonly #seed: number
  readonly #fleet: Iterator<string>
  #made = 0

  constructor(seed: number, chance: Chance) {
    this.#chance = chance
    this.#seed = seed
    const startMs = Date.now() - 3 * 3_600_000
    const noise = { ...NOISE, ...STRANGE }
    this.#fleet = generateEvents({ seed, startMs, count: FLEET_MESSAGES, size: 40, noise })
  }

  next(): string {
    this.#made += 1
    const chance = this.#chance
    const mark = `${this.#seed}-${this.#made}`
    switch (KINDS(chance)) {
      case 'classic':
        return this.#encode(stateChange(this.#made, { instanceId: `i-chaos${mark}` }))
      case 'fleet':
        return this.#encode(this.#fleet.next().value ?? stateChange(this.#made))
      case 'sample':
        return this.#encode(chance.pick(SAMPLES).replace(/"id":\s*"[^"]+"/, `"id":"SAMPLE-${mark}"`))
      case 'poison':
        return base64(stateChange(this.#made, { instanceId: `i-${POISON}${mark}` }))
      case 'hostile':
        return chance.pick(HOSTILE)(mark)
    }
  }

  /** One that the logstore refuses in every form for a while. */
  stubborn(): string {
    this.#made += 1
    return base64(stateChange(this.#made, { instanceId: `i-${STUBBORN}${this.#seed}-${this.#made}` }))
  }

  /** CloudMonitor's way, or raw as a topic may deliver it. */
  #encode(json: string): string {
    return this.#chance.happens(0.85) ? base64(json) : json
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
