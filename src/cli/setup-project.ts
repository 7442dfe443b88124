import { chooseCredentials } from '../cloud/choose-credentials.ts'
import { describeFault, type Fault } from '../cloud/fault.ts'
import type { Config } from '../config/schema.ts'
import { systemClock } from '../lib/clock.ts'
import { AuditError } from '../lib/errors.ts'
import { SlsClient } from '../logstore/sls-client.ts'
import { Administration } from '../provision/administration.ts'
import { applyPlan, type StepResult } from '../provision/apply.ts'
import { describeDifference } from '../provision/differences.ts'
import { isDrift, makePlan, type Step } from '../provision/plan.ts'
import { createProject } from '../provision/project.ts'
import type { Resource } from '../provision/resource.ts'
import { createLog } from '../telemetry/log.ts'
import { EXIT, type Invocation } from './command.ts'
import { failureLines, type SetupFailure, setupAdvice } from './setup-failures.ts'
import { planCounts, remarkLines, resultCounts, stepJson, stepLines } from './setup-lines.ts'

export interface SetupTask {
  readonly resources: readonly Resource[]
  readonly config: Config
  /** `check` and `dry-run` only tell the plan. */
  readonly mode: 'apply' | 'check' | 'dry-run'
  readonly invocation: Invocation
}

/** Plans, tells the plan and, unless it is only to be told, carries it out. Loads the cloud SDK. */
export async function setUpProject(task: SetupTask): Promise<number> {
  const { config, invocation } = task
  const { endpoint, project } = config.logstore
  const credentials = chooseCredentials(config, systemClock, createLog({ level: config.log.level }))
  const client = new SlsClient({ endpoint, region: config.region, project, credentials, clock: systemClock })
  try {
    const onTrouble = (fault: Fault): void =>
      invocation.say(`${describeFault(fault)}: trying again for a while, Ctrl-C ends it`)
    const administration = new Administration({ client, clock: systemClock, signal: invocation.stop, onTrouble })
    return await planAndApply(task, administration)
  } catch (thrown) {
    if (invocation.stop.aborted) throw new AuditError('unavailable', 'Stopped: run setup again to end what it began.')
    throw thrown
  } finally {
    await client.close()
  }
}

async function planAndApply(task: SetupTask, administration: Administration): Promise<number> {
  const { resources, config, mode, invocation } = task
  const plan = await makePlan(resources, administration)
  if (plan.kind === 'no-access') throw noAccess('read', plan.fault, 'GetLogStore', config)
  const young = plan.kind === 'no-project'
  if (young && invocation.options['createProject'] !== true) throw missingProject(config)
  const steps = young ? resources.map((resource): Step => ({ kind: 'create', resource })) : plan.steps
  if (young) invocation.say(`The project ${config.logstore.project} does not exist: it is created first.`)
  tellPlan(steps, task)
  if (mode === 'dry-run') return EXIT.done
  if (mode === 'check') return young || steps.some(isDrift) ? EXIT.failed : EXIT.done
  if (young) await makeProject(config, administration)
  const results: StepResult[] = []
  for await (const result of applyPlan(steps, administration, young)) results.push(result)
  invocation.stop.throwIfAborted()
  tellResults(results, task)
  const mended = results.every(({ kind }) => kind === 'done') && !steps.some(needsHand)
  return mended ? EXIT.done : EXIT.failed
}

function tellPlan(steps: readonly Step[], { config, mode, invocation }: SetupTask): void {
  const { json, print, say } = invocation
  for (const step of steps) {
    if (json) print(JSON.stringify(stepJson(step)))
    else for (const line of stepLines(step)) print(line)
  }
  for (const line of remarkLines(steps)) say(line)
  // What is carried out tells its failures itself.
  if (mode !== 'apply') for (const line of failureLines(steps.flatMap(failedReading), config)) say(line)
  say(planCounts(steps))
}

function tellResults(results: readonly StepResult[], { config, invocation: { say } }: SetupTask): void {
  for (const line of failureLines(results.flatMap(failedResult), config)) say(line)
  for (const result of results) {
    if (result.kind !== 'kept-otherwise') continue
    const { kind, name } = result.step.resource
    const [change] = result.changes
    const how = change === undefined ? 'it can not be found' : describeDifference(change)
    say(`The service took the ${kind} ${name} and shows it otherwise: ${how}. Compare both by hand.`)
  }
  if (results.length > 0) say(resultCounts(results))
  if (config.alerts.actionPolicy === '') say('Nobody is told of alerts: name an action policy in alerts.actionPolicy.')
}

function failedReading(step: Step): SetupFailure[] {
  if (step.kind !== 'unreadable') return []
  return [{ resource: step.resource, operation: step.resource.read.operation, fault: step.fault }]
}

function failedResult(result: StepResult): SetupFailure[] {
  if (result.kind !== 'failed') return []
  const { step, operation, fault } = result
  return [{ resource: step.resource, operation, fault }]
}

/** Carried out or not: a person has to change it. */
function needsHand(step: Step): boolean {
  return (step.kind === 'keep' || step.kind === 'update') && step.comparison.obstacles.length > 0
}

async function makeProject(config: Config, administration: Administration): Promise<void> {
  const outcome = await createProject(administration, config.logstore.project)
  if (outcome.kind === 'ok' || outcome.fault.code === 'ProjectAlreadyExist') return
  throw noAccess('create', outcome.fault, 'CreateProject', config)
}

function noAccess(verb: 'read' | 'create', fault: Fault, operation: string, config: Config): AuditError {
  const { project, name } = config.logstore
  const hint = setupAdvice(fault, operation, name, config)
  return new AuditError('unavailable', `Cannot ${verb} the project ${project}: ${describeFault(fault)}. ${hint}`)
}

function missingProject({ region, logstore: { project, endpoint } }: Config): AuditError {
  const ways = `create it in the SLS console in the region ${region}, or say --create-project`
  return new AuditError(
    'missing',
    `Cannot set up the project ${project}: ${endpoint} has no such project. If logstore.project is right, ${ways}.`
  )
}
