import { type Finding, gathered, problem, warning } from './finding.ts'

const CHECK = 'environment'

/** The oldest Node.js that this program runs on (`engines` in package.json). */
const LEAST_NODE = [20, 19] as const

/** What of the process's surroundings would spoil it: the version of Node.js, TLS switched off, debugging that tells secrets. */
export function checkEnvironment(environment: Readonly<Record<string, string | undefined>>, version: string): Finding {
  const remarks: Finding[] = []
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    remarks.push(problem(CHECK, 'it is older than 20.19', 'Update Node.js.'))
  }
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const found = 'NODE_TLS_REJECT_UNAUTHORIZED=0 asks for TLS without checking certificates'
    remarks.push(problem(CHECK, found, 'Unset it; name a private authority in NODE_EXTRA_CA_CERTS instead.'))
  }
  for (const name of ['DEBUG', 'NODE_DEBUG']) {
    if ((environment[name] ?? '') === '') continue
    remarks.push(warning(CHECK, `${name} is set: libraries may print requests`, `Unset ${name} in production.`))
  }
  return gathered(CHECK, `Node.js ${version}`, remarks)
}
