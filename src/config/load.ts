import { readFileSync } from 'node:fs'
import { parse, YAMLParseError } from 'yaml'
import { AuditError, errorMessage } from '../lib/errors.ts'
import { isLoopback } from '../lib/loopback.ts'
import { listOptions, type Option } from './options.ts'
import { type Problem, problemsOf, reportProblems } from './problems.ts'
import { type Config, configSchema } from './schema.ts'

export const DEFAULT_CONFIG_FILE = 'ecs-audit.yaml'

export interface ConfigInput {
  /** `--config`; without it, `ecs-audit.yaml` where it exists. */
  readonly file?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Options set by flags, by path (`actions.dryRun`): they win over everything. */
  readonly flags?: Readonly<Record<string, unknown>>
}

type Tree = Record<string, unknown>

/**
 * The complete configuration: file, then environment over it, then flags over both.
 *
 * @throws AuditError `config` that lists every problem at once: path, what was expected, what was found
 */
export function loadConfig(input: ConfigInput): Config {
  const { tree, source } = readTree(input.file)
  const problems: Problem[] = []
  overlayEnvironment(tree, input.environment, problems)
  for (const [path, value] of Object.entries(input.flags ?? {})) assign(tree, path.split('.'), value)
  const single = tree['queues'] === undefined
  const parsed = configSchema.safeParse(withQueues(tree))
  if (!parsed.success) problems.push(...problemsOf(parsed.error, tree, single))
  else problems.push(...checkCredentials(parsed.data))
  if (!parsed.success || problems.length > 0) throw reportProblems(source, problems)
  return parsed.data
}

function readTree(file: string | undefined): { tree: Tree; source: string } {
  const path = file ?? DEFAULT_CONFIG_FILE
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    if (file === undefined && isMissing(thrown)) return { tree: {}, source: 'the environment' }
    const message = `Cannot read the configuration file ${path}: ${errorMessage(thrown)}. Name an existing file with --config.`
    throw new AuditError('config', message, { cause: thrown })
  }
  let tree: unknown
  try {
    tree = parse(text, { maxAliasCount: 100 }) ?? {}
  } catch (thrown) {
    const where = thrown instanceof YAMLParseError ? thrown.message.split('\n')[0] : errorMessage(thrown)
    throw new AuditError('config', `Cannot read the configuration file ${path}: it is not YAML: ${where}`, {
      cause: thrown
    })
  }
  if (!isTree(tree)) {
    throw new AuditError(
      'config',
      `Cannot read the configuration file ${path}: expected options such as "region: cn-hangzhou", found ${typeof tree}.`
    )
  }
  return { tree, source: path }
}

function overlayEnvironment(tree: Tree, environment: ConfigInput['environment'], problems: Problem[]): void {
  const options = new Map(listOptions().map((option) => [option.variable, option]))
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('ECS_AUDIT_') || text === undefined) continue
    const option = options.get(name)
    if (option === undefined)
      problems.push({ path: name, expected: 'an environment variable of an option', found: 'an unknown one' })
    else assign(tree, option.path, readVariable(option, text))
  }
}

function readVariable({ plainText }: Option, text: string): unknown {
  if (plainText) return text
  try {
    return parse(text)
  } catch {
    return text
  }
}

function assign(tree: Tree, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    tree[key] = value
    return
  }
  const child = tree[key]
  const next: Tree = isTree(child) ? { ...child } : {}
  assign(next, rest, value)
  tree[key] = next
}

/** `queue` is one entry of `queues`, or the defaults of each. */
function withQueues(tree: Tree): Tree {
  const { queue, queues, ...rest } = tree
  if (queues === undefined) return { ...rest, queues: [queue ?? {}] }
  if (!Array.isArray(queues) || !(queue === undefined || isTree(queue))) return { ...rest, queues }
  return { ...rest, queues: queues.map((entry: unknown) => (isTree(entry) ? { ...queue, ...entry } : entry)) }
}

/** Keys from a file only when nothing leaves this machine. */
function checkCredentials({ credentials, queues, logstore, endpoints }: Config): Problem[] {
  const urls = [...queues.map(({ endpoint }) => endpoint), logstore.endpoint, ...Object.values(endpoints)]
  const away = urls.find((url) => url !== '' && !isLoopback(new URL(url).hostname))
  if (credentials === undefined || away === undefined) return []
  const expected =
    'no keys in the file unless every endpoint is a loopback address; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET instead'
  return [{ path: 'credentials', expected, found: `keys, while one endpoint is ${away}` }]
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}
