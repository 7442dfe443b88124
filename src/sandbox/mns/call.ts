import type { SandboxAnswer, SandboxRequest } from '../loopback-server.ts'
import type { MnsBehaviour } from './behaviour.ts'
import type { Broker } from './broker.ts'
import type { MnsTarget } from './operation.ts'
import { Refusal } from './refusal.ts'
import { readXml, type XmlNode } from './xml-reader.ts'

/** One authenticated request on its way to the broker. */
export interface Call {
  readonly request: SandboxRequest
  /** The queue that the path names; empty for the list of queues. */
  readonly queue: string
  readonly query: MnsTarget['query']
  readonly broker: Broker
  readonly behaviour: MnsBehaviour
}

/** Executes a call. Throws a Refusal for what the service says no to. */
export type Operation = (call: Call) => SandboxAnswer | Promise<SandboxAnswer>

/**
 * The body's root element, which must have one of these names.
 *
 * @throws Refusal MalformedXML, or InvalidArgument for another root
 */
export function readBody<Root extends string>(
  { request }: Call,
  roots: readonly Root[]
): { root: Root; node: XmlNode } {
  const { root, node } = readXml(request.body)
  const known = roots.find((name) => name === root)
  if (known === undefined) throw new Refusal('InvalidArgument')
  return { root: known, node }
}

/** A number's name on the wire and its range. */
export interface NumberRange {
  readonly element: string
  readonly low: number
  readonly high: number
  readonly unit?: string
}

/**
 * A whole number as clients write it; undefined when it was not given.
 *
 * @throws Refusal InvalidArgument for anything else, and out of its range
 */
export function readNumber(text: string | undefined, { element, low, high, unit }: NumberRange): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(value >= low && value <= high)) throw Refusal.range(element, low, high, unit)
  return value
}
