import { pathToFileURL } from 'node:url'
import { loadConfig } from '../config/load.ts'
import { systemClock } from '../lib/clock.ts'
import { Scope } from '../lib/scope.ts'
import { createLog } from '../telemetry/log.ts'
import { aborted, EXIT, type Invocation, textOption, wholeNumberOption } from './command.ts'
import { VIEW_PORT } from './view-port.ts'

/** Serves the page until told to stop. Resolves with the exit status. */
export async function serveView(invocation: Invocation): Promise<number> {
  const { print, say, json, stop } = invocation
  const port = wholeNumberOption(invocation, 'port', { min: 0, max: 65_535 }) ?? VIEW_PORT
  const folder = textOption(invocation, 'dashboards')
  const config = loadConfig({ file: invocation.configFile, environment: invocation.environment })
  const [{ openReader }, { openView }] = await Promise.all([
    import('../logstore/open-logstore.ts'),
    import('../view/open-view.ts')
  ])
  const scope = new Scope()
  try {
    const { reader, close } = openReader(config, systemClock, createLog({ level: config.log.level }))
    scope.defer('reader', close)
    const { endpoint, project, name } = config.logstore
    const page = await openView({
      ...{ reader, clock: systemClock, logstore: `${project}/${name}`, endpoint },
      ...{ host: textOption(invocation, 'host'), port },
      dashboards: folder === '' ? undefined : pathToFileURL(`${folder}/`)
    })
    scope.defer('page', () => page.close())
    print(json ? JSON.stringify({ url: page.url }) : page.url)
    say(`view: serving ${project}/${name} on this machine only, until Ctrl-C`)
    await aborted(stop)
    return EXIT.done
  } finally {
    await scope.close()
  }
}
