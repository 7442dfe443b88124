import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** The layers from the top to the bottom: a part imports from its own folder and from lower rows. Parts of one row are peers. */
const LAYERS: ReadonlyArray<readonly string[]> = [
  ['main', 'index'],
  ['cli'],
  ['doctor'],
  ['service'],
  ['view'],
  ['provision'],
  ['audit'],
  ['monitor'],
  ['pipeline'],
  ['actions', 'snapshots'],
  ['queue', 'logstore'],
  ['cloud'],
  ['events'],
  ['config'],
  ['telemetry'],
  ['lib']
]

/** Parts that see less than what lies below them. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['lib'],
  events: ['lib'],
  telemetry: ['lib']
}

/** The files of a part that another part may import. */
const PORTS: ReadonlyArray<{ readonly from: string; readonly to: string; readonly files: readonly string[] }> = [
  { from: 'pipeline', to: 'actions', files: ['actions/desk.ts', 'actions/follow-up.ts'] },
  { from: 'pipeline', to: 'queue', files: ['queue/source.ts'] },
  { from: 'pipeline', to: 'logstore', files: ['logstore/sink.ts', 'logstore/record.ts'] }
]

interface Import {
  /** Relative to src for our own files, else the package's name as written. */
  readonly to: string
  readonly kind: 'static' | 'type' | 'dynamic'
}

interface Source {
  readonly path: string
  readonly lines: number
  /** Without comments. */
  readonly code: string
  readonly imports: readonly Import[]
}

const sources = readSources()
const sourceAt = new Map(sources.map((source) => [source.path, source]))
/** Every import of one of our files by another. */
const edges = sources.flatMap(({ path, imports }) =>
  imports.filter(({ to }) => sourceAt.has(to)).map(({ to, kind }) => ({ from: path, to, kind }))
)

function readSources(): Source[] {
  const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  return paths.map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8')
    const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '')
    return { path, lines: text.split('\n').length - 1, code, imports: importsOf(path, code) }
  })
}

function importsOf(path: string, code: string): Import[] {
  const statements = code.matchAll(/^(?:import|export) (type )?(?:[\w$*{},\s]*? from )?'([^']+)'/gm)
  const calls = code.matchAll(/\bimport\('([^']+)'\)/g)
  const resolve = (to: string): string => (to.startsWith('.') ? relative(SRC, join(SRC, dirname(path), to)) : to)
  return [
    ...[...statements].map(([, type, to = '']): Import => ({ to: resolve(to), kind: type ? 'type' : 'static' })),
    ...[...calls].map(([, to = '']): Import => ({ to: resolve(to), kind: 'dynamic' }))
  ]
}

/** The folder of a file, or the name of one that lies in src itself. */
function partOf(path: string): string {
  const [first = ''] = path.split('/')
  return first.replace(/\.ts$/, '')
}

function rankOf(part: string): number {
  return LAYERS.findIndex((row) => row.includes(part))
}

/** The files that loading this one loads, itself included. */
function loadedBy(start: string): Source[] {
  const seen = new Set([start])
  for (const path of seen) {
    for (const { from, to, kind } of edges) if (from === path && kind === 'static') seen.add(to)
  }
  return [...seen].flatMap((path) => sourceAt.get(path) ?? [])
}

function matching(pattern: RegExp): string[] {
  return sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path)
}

/** Files that lead back to themselves, each with the way. */
function cycles(): string[][] {
  const next = new Map<string, string[]>()
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) found.push([...way.slice(at), path])
    if (at >= 0 || done.has(path)) return
    for (const to of next.get(path) ?? []) visit(to, [...way, path])
    done.add(path)
  }
  for (const { path } of sources) visit(path, [])
  return found
}

describe('imports', () => {
  test('are all understood: each names a file of ours or a package', () => {
    const unknown = sources.flatMap(({ path, imports }) =>
      imports.filter(({ to }) => to.endsWith('.ts') && !sourceAt.has(to)).map(({ to }) => `${path} -> ${to}`)
    )
    expect(unknown).toEqual([])
    expect(edges.length).toBeGreaterThan(sources.length)
    for (const { path, code, imports } of sources) {
      // A module that only the configuration names is not one of ours.
      const written = code.match(/^(import\b|export .* from )|\bimport\((?!specifier)/gm)?.length ?? 0
      expect(imports.length, path).toBe(written)
    }
  })

  test('every part has its place in the layers', () => {
    const parts = new Set(sources.map(({ path }) => partOf(path)))
    expect([...parts].filter((part) => rankOf(part) < 0)).toEqual(['sandbox'])
  })

  test('point downward only', () => {
    const upward = edges.filter(({ from, to }) => {
      const [above, below] = [partOf(from), partOf(to)]
      return above !== below && above !== 'sandbox' && below !== 'sandbox' && rankOf(above) >= rankOf(below)
    })
    expect(upward).toEqual([])
  })

  test.each(Object.entries(ONLY))('of %s come from itself and %j only', (part, allowed) => {
    const others = edges.filter(({ from, to }) => partOf(from) === part && ![part, ...allowed].includes(partOf(to)))
    expect(others).toEqual([])
  })

  test('the sandbox shares no code with what it tests: only cli imports it', () => {
    const importers = edges.filter(({ to }) => partOf(to) === 'sandbox').map(({ from }) => partOf(from))
    expect([...new Set(importers)].sort()).toEqual(['cli', 'sandbox'])
  })

  test.each(PORTS)('$from knows of $to only $files', ({ from, to, files }) => {
    const crossing = edges.filter((edge) => partOf(edge.from) === from && partOf(edge.to) === to)
    expect(crossing.filter((edge) => !files.includes(edge.to))).toEqual([])
    expect(crossing.length).toBeGreaterThan(0)
  })

  test('have no cycle, types included', () => {
    expect(cycles()).toEqual([])
  })

  test('DuckDB is loaded for the sandbox alone, and the cloud SDKs for commands that call a cloud', () => {
    const loads = (file: string, pattern: RegExp): boolean =>
      loadedBy(file).some(({ imports, code }) => imports.some(({ to }) => pattern.test(to)) || pattern.test(code))
    const duckdb = /^@duckdb\//
    expect(loads('cli/sandbox-serve.ts', duckdb)).toBe(true)
    for (const file of ['main.ts', 'index.ts', 'cli/run-service.ts', 'service.ts'])
      expect(loads(file, duckdb), file).toBe(false)
    const sdk = /['"]@alicloud\//
    expect(loads('service.ts', sdk)).toBe(true)
    expect(loads('main.ts', sdk)).toBe(false)
  })
})

describe('what a file may do', () => {
  test('arguments, signals and the exit status are touched in main.ts alone', () => {
    expect(matching(/\bprocess\s*\.\s*(exit|exitCode|argv|on|once|abort|kill)\b/)).toEqual(['main.ts'])
  })

  test('nothing is written with console', () => {
    expect(matching(/\bconsole\s*[.[]/)).toEqual([])
  })

  test('nothing is exported as default', () => {
    expect(matching(/^export default\b|\bas default\b/m)).toEqual([])
  })

  test('the type system is not talked out of anything', () => {
    expect(matching(/\bas any\b|: any\b|<any>/)).toEqual([])
    const suppressed = sources.filter(({ path }) =>
      /@ts-(ignore|expect-error|nocheck)|biome-ignore/.test(readFileSync(join(SRC, path), 'utf8'))
    )
    expect(suppressed.map(({ path }) => path)).toEqual([])
  })

  test('file names are kebab-case', () => {
    const kebab = /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/
    expect(sources.map(({ path }) => path).filter((path) => !kebab.test(path))).toEqual([])
  })

  test('no file is longer than 300 lines', () => {
    expect(sources.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
  })
})
