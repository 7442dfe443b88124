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
import { type Command, EXIT, type Invocation, textOption } from './command.ts'
import type { SetupTask } from './setup-project.ts'

/** `setup`: brings the logstore's project to what the product needs. */
export const setupCommand: Command = {
  name: 'setup',
  summary: 'Make or update logstore, index, saved searches, dashboards and alerts; deletes nothing',
  options: [
    { flags: '--check', description: 'only tell what is not as it should be; exit 1 if anything' },
    { flags: '--dry-run', description: 'only tell what would be done' },
    { flags: '--print <dir>', description: 'write everything as files instead, to import by hand; calls no cloud' },
    { flags: '--lang <lang>', description: 'language of titles in the console: en or zh', default: 'en' },
    { flags: '--create-project', description: 'make the SLS project as well when it does not exist' },
    { flags: '--change-types', description: 'change fields that somebody has indexed with another type' }
  ],
  run: setup
}

async function setup(invocation: Invocation): Promise<number> {
  const { configFile: file, environment, print, say } = invocation
  const folder = textOption(invocation, 'print')
  const mode = modeOf(invocation, folder !== '')
  const lang = readLang(textOption(invocation, 'lang'))
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

function readLang(text: string): ConsoleText['lang'] {
  const lang = LANGUAGES.find((each) => each === text)
  if (lang !== undefined) return lang
  throw new AuditError('usage', `Cannot use --lang ${text}: expected ${LANGUAGES.join(' or ')}.`)
}
