import { closeLater } from '../support/close-later.ts'
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.ts'

/** A scripted server that is closed after the test. */
export async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script)
  closeLater(() => server.close())
  return server
}
