import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (name: string): string => readFileSync(`${ROOT}${name}`, 'utf8')
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
const packages = Object.entries(lock.packages).flatMap(([path, entry]) =>
  path === '' ? [] : [{ name: path.replace(/^.*node_modules\//, ''), path, ...entry }]
)

/**
 * The first versions without a published vulnerability, of packages that are or may come to be in the tree, by advisory. An
 * array holds one version for each major line that was mended.
 */
const MENDED: Readonly<Record<string, { readonly since: readonly string[]; readonly advisory: string }>> = {
  xml2js: { since: ['0.5.0'], advisory: 'CVE-2023-0842' },
  protobufjs: { since: ['6.11.4', '7.2.5'], advisory: 'CVE-2023-36665' },
  ws: { since: ['5.2.4', '6.2.3', '7.5.10', '8.17.1'], advisory: 'CVE-2024-37890' },
  undici: { since: ['5.29.0', '6.21.2', '7.5.0'], advisory: 'CVE-2025-47279' },
  'fast-xml-parser': { since: ['4.4.1'], advisory: 'CVE-2024-41818' },
  lodash: { since: ['4.17.21'], advisory: 'CVE-2021-23337' },
  debug: { since: ['2.6.9', '3.2.7', '4.3.1'], advisory: 'CVE-2017-16137' },
  ms: { since: ['2.0.0'], advisory: 'CVE-2017-20162' },
  moment: { since: ['2.29.4'], advisory: 'CVE-2022-31129' },
  'moment-timezone': { since: ['0.5.35'], advisory: 'GHSA-56x4-j7p9-fcf9' },
  minimist: { since: ['1.2.6'], advisory: 'CVE-2021-44906' },
  ini: { since: ['1.3.6'], advisory: 'CVE-2020-7788' },
  yaml: { since: ['2.2.2'], advisory: 'CVE-2023-2251' },
  'ansi-regex': { since: ['5.0.1', '6.0.1'], advisory: 'CVE-2021-3807' },
  postcss: { since: ['8.4.31'], advisory: 'CVE-2023-44270' },
  nanoid: { since: ['3.3.8', '5.0.9'], advisory: 'CVE-2024-55565' },
  vite: { since: ['4.5.14', '5.4.19', '6.3.4'], advisory: 'CVE-2025-46565' },
  esbuild: { since: ['0.25.0'], advisory: 'GHSA-67mh-4wv8-2f99' },
  rollup: { since: ['2.79.2', '3.29.5', '4.22.4'], advisory: 'CVE-2024-47068' },
  semver: { since: ['5.7.2', '6.3.1', '7.5.2'], advisory: 'CVE-2022-25883' },
  'form-data': { since: ['2.5.4', '3.0.4', '4.0.4'], advisory: 'CVE-2025-7783' },
  axios: { since: ['0.30.0', '1.8.2'], advisory: 'CVE-2025-27152' },
  'js-yaml': { since: ['3.14.2', '4.1.1'], advisory: 'CVE-2025-64718' },
  ip: { since: ['999.0.0'], advisory: 'CVE-2024-29415: no version is mended' },
  picomatch: { since: ['2.3.0', '3.0.0', '4.0.0'], advisory: 'kept as a floor' },
  'chart.js': { since: ['2.9.4'], advisory: 'CVE-2020-7746' }
}

/** Packages that bring an install script, and why it is not needed; `.npmrc` runs none. */
const NEEDLESS_SCRIPTS: Readonly<Record<string, string>> = {
  '@alicloud/openapi-core': 'installs typings on Node.js 10 and 12 alone',
  protobufjs: 'the older one of @alicloud/log, for tests: prints a warning'
}

function parts(version: string): number[] {
  return version.split(/[.+-]/, 3).map(Number)
}

function isBefore(version: string, other: string): boolean {
  const [one, two] = [parts(version), parts(other)]
  for (let at = 0; at < 3; at += 1) {
    const difference = (one[at] ?? 0) - (two[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** Older than the mended version of its own line, or than all lines that were mended. */
function isVulnerable(version: string, since: readonly string[]): boolean {
  const [major] = parts(version)
  const own = since.find((each) => parts(each)[0] === major)
  if (own !== undefined) return isBefore(version, own)
  return since.every((each) => isBefore(version, each))
}

describe('the lock file', () => {
  test('holds no version with a vulnerability that was published', () => {
    expect(packages.length).toBeGreaterThan(100)
    const found = packages.filter(
      ({ name, version = '0' }) => isVulnerable(version, MENDED[name]?.since ?? []) && name in MENDED
    )
    expect(found.map(({ path, version, name }) => `${path} ${version}: ${MENDED[name]?.advisory}`)).toEqual([])
    expect(packages.filter(({ name }) => name in MENDED).length).toBeGreaterThan(10)
  })

  test.each([
    ['0.4.23', ['0.5.0'], true],
    ['0.6.2', ['0.5.0'], false],
    ['6.11.3', ['6.11.4', '7.2.5'], true],
    ['6.11.6', ['6.11.4', '7.2.5'], false],
    ['5.9.9', ['6.11.4', '7.2.5'], true],
    ['8.0.0', ['6.11.4', '7.2.5'], false],
    ['7.2.4', ['6.11.4', '7.2.5'], true]
  ])('the comparison of versions: %s with %j', (version, since, vulnerable) => {
    expect(isVulnerable(version, since)).toBe(vulnerable)
  })

  test('lifts xml2js everywhere', () => {
    expect(packages.filter(({ name }) => name === 'xml2js').map(({ version }) => version)).toEqual(['0.6.2'])
  })

  test('pins every package by a strong checksum, but for binaries of other platforms', () => {
    const pinned = packages.filter(({ integrity }) => integrity !== undefined)
    expect(pinned.length).toBeGreaterThan(100)
    expect(pinned.filter(({ integrity = '' }) => !integrity.startsWith('sha512-'))).toEqual([])
    const loose = packages.filter(({ integrity, optional }) => integrity === undefined && optional !== true)
    expect(loose.map(({ path }) => path)).toEqual([])
    const elsewhere = packages.filter(({ resolved = 'https:' }) => !resolved.startsWith('https:'))
    expect(elsewhere.map(({ path }) => path)).toEqual([])
  })

  test('needs no install script, and none is run', () => {
    const scripted = packages.filter(({ hasInstallScript }) => hasInstallScript === true).map(({ name }) => name)
    expect([...new Set(scripted)].filter((name) => !(name in NEEDLESS_SCRIPTS))).toEqual([])
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare/.test(name))).toEqual([])
  })

  test('npm run sbom prints a bill of materials with every package that runs in production', async () => {
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, maxBuffer: 2 ** 26 })
    const bill = JSON.parse(stdout) as { bomFormat: string; components: ReadonlyArray<{ name: string }> }
    expect(bill.bomFormat).toBe('CycloneDX')
    const names = new Set(bill.components.map(({ name }) => name))
    for (const name of ['@alicloud/mns', 'undici', 'xml2js', 'zod']) expect(names).toContain(name)
    expect(names).not.toContain('vitest')
  })
})
