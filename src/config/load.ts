import { existsSync, readFileSync } from 'node:fs'
import { AuditError, errorMessage } from '../lib/errors.ts'
import { isObject } from '../lib/is-object.ts'
import { isLoopback } from '../lib/loopback.ts'
import { calledProducts } from './called-products.ts'
import { settableOptions } from './options.ts'
import { type Given, nearest, type Origin, type Problem, pathText, problemsOf, reportProblems } from './problems.ts'
import { type Config, configSchema } from './schema.ts'
import { parseYaml } from './yaml-text.ts'

export const DEFAULT_CONFIG_FILE = 'ecs-audit.yaml'

/** Where the configuration comes from: flags win over the environment, the environment over the file. */
export interface ConfigInput {
  /** `--config`; without it, `ecs-audit.yaml` where it exists. */
  readonly file?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Options set by flags, by path (`actions.dryRun`): they win over everything. */
  readonly flags?: Readonly<Record<string, unknown>>
}

type Tree = Record<string, unknown>

/** What Kubernetes sets in every pod next to a Service named `ecs-audit` (its page "Service", environment variables). */
const SERVICE_LINK = /^ECS_AUDIT_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/

/**
 * The complete configuration: file, then environment over it, then flags over both.
 *
 * @throws AuditError `config` that lists every problem at once: path, what was expected, what was found
 */
export function loadConfig(input: ConfigInput): Config {
  const { tree, source } = readTree(input.file)
  const problems: Problem[] = []
  const variables = overlayEnvironment(tree, input.environment, problems)
  for (const [path, value] of Object.entries(input.flags ?? {})) assign(tree, path.split('.'), value)
  const whole = withQueues(tree, problems)
  const parsed = configSchema.safeParse(whole)
  const all = problems.concat(
    parsed.success ? [] : problemsOf(parsed.error, { written: tree, whole, variables }),
    checkCredentials(whole, parsed.data)
  )
  if (!parsed.success || all.length > 0) throw reportProblems(originOf(source, input.environment), all)
  return parsed.data
}

/** What the configuration is of, and where it could have been: without it, most likely, a file was looked for elsewhere. */
function originOf(file: string | undefined, environment: ConfigInput['environment']): Origin {
  const variables = hasVariables(environment)
  if (file !== undefined) return { source: variables ? `${file} and the environment` : file, hint: '' }
  const hint = `There is no ${DEFAULT_CONFIG_FILE} in the working directory`
  if (variables) return { source: 'the environment', hint: `${hint}: name a file with --config.` }
  return {
    source: undefined,
    hint: `${hint}, no --config, and no variable ECS_AUDIT_... is set. "Run it for real" in the README shows a file. To try it without an account: ecs-audit demo, or ecs-audit sandbox --write-config ${DEFAULT_CONFIG_FILE}.`
  }
}

/** Whether there is a configuration at all: a file, or a variable in the environment. */
export function hasConfig({ file, environment }: Pick<ConfigInput, 'file' | 'environment'>): boolean {
  return file !== undefined || hasVariables(environment) || existsSync(DEFAULT_CONFIG_FILE)
}

function hasVariables(environment: ConfigInput['environment']): boolean {
  return Object.keys(environment).some((name) => name.startsWith('ECS_AUDIT_') && !SERVICE_LINK.test(name))
}

/** @returns no `source` where there is no file */
function readTree(file: string | undefined): { tree: Tree; source: string | undefined } {
  const path = file ?? DEFAULT_CONFIG_FILE
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    if (file === undefined && isMissing(thrown)) return { tree: {}, source: undefined }
    const message = `Cannot read the configuration file ${path}: ${errorMessage(thrown)}. Name an existing file with --config.`
    throw new AuditError('config', message, { cause: thrown })
  }
  let tree: unknown
  try {
    tree = parseYaml(text) ?? {}
  } catch (thrown) {
    throw new AuditError('config', `Cannot read the configuration file ${path}: ${errorMessage(thrown)}.`)
  }
  if (!isObject(tree)) {
    throw new AuditError(
      'config',
      `Cannot read the configuration file ${path}: expected options such as "region: cn-hangzhou", found ${Array.isArray(tree) ? 'a list' : `a ${typeof tree}`}.`
    )
  }
  return { tree, source: path }
}

/** @returns the variables that were taken, by the paths of their options */
function overlayEnvironment(
  tree: Tree,
  environment: ConfigInput['environment'],
  problems: Problem[]
): Given['variables'] {
  const options = new Map(settableOptions().map((option) => [option.variable, option]))
  const variables = new Map<string, string>()
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('ECS_AUDIT_') || SERVICE_LINK.test(name) || text === undefined) continue
    const option = options.get(name)
    if (option === undefined) {
      const near = nearest(name, [...options.keys()])
      const expected = near === undefined ? 'the environment variable of an option' : `${near} (is it this?)`
      problems.push({ path: name, expected, found: 'an unknown one' })
      continue
    }
    try {
      assign(tree, option.path, option.plainText ? text : parseYaml(text))
      variables.set(pathText(option.path), name)
    } catch (thrown) {
      const found = `something else in ${name}: ${errorMessage(thrown)}`
      problems.push({ path: pathText(option.path), expected: 'a value in YAML', found })
    }
  }
  return variables
}

function assign(tree: Tree, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    tree[key] = value
    return
  }
  const child = tree[key]
  const next: Tree = isObject(child) ? { ...child } : {}
  assign(next, rest, value)
  tree[key] = next
}

/** `queue` is one entry of `queues`, or the defaults of each. */
function withQueues({ queue, queues, ...rest }: Tree, problems: Problem[]): Tree {
  if (queues === undefined) return { ...rest, queues: [queue ?? {}] }
  const defaults = queue ?? {}
  if (!isObject(defaults)) {
    problems.push({ path: 'queue', expected: 'the options that all queues share', found: 'something else' })
  }
  if (!isObject(defaults) || !Array.isArray(queues)) return { ...rest, queues }
  return { ...rest, queues: queues.map((entry: unknown) => (isObject(entry) ? { ...defaults, ...entry } : entry)) }
}

/** Keys from a file only when nothing leaves this machine: not to the public endpoint of what is switched on either. */
function checkCredentials(tree: Tree, config: Config | undefined): Problem[] {
  if (tree['credentials'] === undefined) return []
  const open = config === undefined ? [] : calledProducts(config).filter((product) => config.endpoints[product] === '')
  const away = [
    ...hostsOf(tree).filter((host) => !isLoopback(host)),
    ...open.map((product) => `the public endpoint of ${product}`)
  ]
  if (away[0] === undefined) return []
  const expected =
    'no keys in the file unless every endpoint is a loopback address; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET instead'
  return [{ path: 'credentials', expected, found: `keys, while one endpoint is at ${away[0]}` }]
}

/** The hosts of all endpoints. One that can't be read is a problem of its own. */
function hostsOf({ queues, logstore, endpoints }: Tree): string[] {
  const entries: unknown[] = [...(Array.isArray(queues) ? queues : []), logstore]
  const urls = entries.map((entry) => (isObject(entry) ? entry['endpoint'] : undefined))
  return [...urls, ...Object.values(isObject(endpoints) ? endpoints : {})].flatMap((url) =>
    typeof url === 'string' && URL.canParse(url) ? [new URL(url).hostname] : []
  )
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}
