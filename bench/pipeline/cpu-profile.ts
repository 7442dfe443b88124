import { readFileSync } from 'node:fs'

/** A profile as V8 writes it (`node --cpu-prof`), as far as it is read here. */
interface CpuProfile {
  readonly nodes: ReadonlyArray<{
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }>
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
  readonly startTime: number
}

/** Time spent in a function or an area itself, without what it called. */
export interface SelfTime {
  readonly name: string
  readonly us: number
}

export interface ProfileSummary {
  /** Without idle. */
  readonly busyUs: number
  readonly areas: readonly SelfTime[]
  readonly functions: readonly SelfTime[]
}

/**
 * Sums a profile up by area (a folder of ours, a package, a part of Node.js) and by function.
 *
 * @param skipUs leaves out the beginning: start and warm-up
 */
export function summarize(file: string, skipUs: number): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const areas = new Map<string, number>()
  const functions = new Map<string, number>()
  let busyUs = 0
  let atUs = 0
  for (const [index, id] of profile.samples.entries()) {
    // The sample holds until the next one is taken.
    const us = profile.timeDeltas[index + 1] ?? 0
    atUs += us
    const frame = frames.get(id)
    if (frame === undefined || atUs < skipUs || ['(idle)', '(program)', '(root)'].includes(frame.functionName)) continue
    busyUs += us
    const area = areaOf(frame)
    add(areas, area, us)
    add(functions, `${frame.functionName || '(anonymous)'}  ${placeOf(frame.url) || area}`, us)
  }
  return { busyUs, areas: descending(areas), functions: descending(functions) }
}

function add(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us)
}

function descending(sums: ReadonlyMap<string, number>): SelfTime[] {
  return [...sums].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us)
}

function areaOf({ functionName, url }: { readonly functionName: string; readonly url: string }): string {
  const own = /\/dist\/([^/]+)\//.exec(url)?.[1]
  const packaged = [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1]
  if (packaged !== undefined) return packaged
  if (own !== undefined) return `src/${own}`
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/')
  return functionName === '(garbage collector)' ? 'garbage collection' : 'native and built-in'
}

function placeOf(url: string): string {
  return url.replace(/^.*\/(?=dist\/|node_modules\/)/, '')
}
