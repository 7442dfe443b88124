// Loaded into a command before it starts (`node --import`): says on stderr, in one line of JSON, which scripts were loaded
// when it sent its first request, or when it ended without one.
import { subscribe } from 'node:diagnostics_channel'
import { Session } from 'node:inspector'

const scripts = new Set()
const session = new Session()
session.connect()
session.on('Debugger.scriptParsed', ({ params }) => scripts.add(params.url))
session.post('Debugger.enable')

function tell() {
  if (scripts.size === 0) return
  process.stderr.write(`${JSON.stringify({ loaded: [...scripts] })}\n`)
  scripts.clear()
  session.disconnect()
}

subscribe('undici:client:sendHeaders', tell)
process.once('exit', tell)
