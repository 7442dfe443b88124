// Completes package-lock.json after `npm install`.
//
// npm leaves optional binaries out of the lock file when the registry at hand does not carry them (it answers 404 for
// other platforms' builds), and `npm ci` then refuses the file: "EUSAGE Missing: ... from lock file". This adds a stub
// for each one that is missing: npm skips stubs of other platforms, and fetches the one it needs by name and version.
//
// Run it after every change of the dependencies: `npm run lock`. `--check` only reports, exit 1 if the file lacks any.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const systems = ['darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'netbsd', 'android', 'aix', 'sunos']
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el']

const added = []
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolves(path, name)) continue
    lock.packages[`node_modules/${name}`] = stub(name, version, entry.dev === true)
    added.push(name)
  }
}

const problems =
  added.length > 0 ? `package-lock.json lacked ${added.length} optional packages: ${added.join(', ')}\n` : ''
if (process.argv.includes('--check')) {
  process.stderr.write(problems)
  process.exitCode = added.length > 0 ? 1 : 0
} else {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  process.stdout.write(problems || 'package-lock.json is complete\n')
}

/** npm's own rule: a nested copy wins over the ones further up. */
function resolves(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true
    if (at === '' || !at.includes('/node_modules/')) return lock.packages[`node_modules/${name}`] !== undefined
  }
}

function stub(name, version, dev) {
  const words = name.split(/[^a-z0-9]+/)
  const os = systems.filter((system) => words.includes(system))
  const cpu = processors.filter((processor) => words.includes(processor))
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined
  return {
    version: version.replace(/^[\^~]/, ''),
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev: true }),
    ...(libc && os.includes('linux') && { libc }),
    optional: true,
    ...(os.length > 0 && { os })
  }
}
