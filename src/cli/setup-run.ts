import { loadCatalogue } from '../audit/catalogue.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { AuditError } from '../lib/errors.ts'
import { loadAlertDefinitions } from '../provision/alert-definition.ts'
import { loadDashboardFiles } from '../provision/dashboard-file.ts'
import { desiredState } from '../provision/desired-state.ts'
import { printFiles } from '../provision/print-files.ts'
import type { Resource } from '../provision/resource.ts'
import { type ConsoleText, LANGUAGES } from '../provision/target.ts'
import { chosen, EXIT, type Invocation, textOption } from './command.ts'
import type { SetupTask } from './setup-project.ts'

/** Plans, applies, checks or prints what the SLS project should hold. Resolves with the exit status. */
export async function setUp(invocation: Invocation): Promise<number> {
  const { configFile: file, environment, print, say } = invocation
  const folder = textOption(invocation, 'print')
  const mode = modeOf(invocation, folder !== '')
  const lang = chosen('lang', textOption(invocation, 'lang'), LANGUAGES)
  const config = loadConfig({ file, environment })
  const resources = wantedResources(config, lang, invocation.options['changeTypes'] === true)
  if (folder === '') {
    const { setUpProject } = await import('./setup-project.ts')
    return await setUpProject({ resources, config, mode, invocation })
  }
  const files = printFiles(resources, folder)
  for (const name of files) print(name)
  say(`${files.length} files in ${folder}`)
  return EXIT.done
}

function wantedResources(config: Config, lang: ConsoleText['lang'], changeTypes: boolean): Resource[] {
  const { project, name: logstore, ttlDays, shards } = config.logstore
  const { actionPolicy } = config.alerts
  return desiredState(
    { region: config.region, project, logstore, ttlDays, shards, actionPolicy, lang, changeTypes },
    { questions: loadCatalogue(), dashboards: loadDashboardFiles({ lang }), alerts: loadAlertDefinitions() }
  )
}

function modeOf({ options }: Invocation, prints: boolean): SetupTask['mode'] {
  const [check, dryRun] = [options['check'] === true, options['dryRun'] === true]
  if (Number(check) + Number(dryRun) + Number(prints) > 1) {
    throw new AuditError('usage', 'Cannot use --check, --dry-run and --print together: each is instead of doing it.')
  }
  if (check) return 'check'
  return dryRun ? 'dry-run' : 'apply'
}
