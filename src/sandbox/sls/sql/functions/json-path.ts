import { SlsError } from '../../sls-error.ts'

const STEP = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y

/**
 * A JSON path of the service's (`$.a.b`, `$["a b"]`, `$.a[0]`) as DuckDB takes it.
 *
 * @throws SlsError ParameterInvalid
 */
export function duckJsonPath(path: string): string {
  const step = new RegExp(STEP)
  let found = '$'
  let at = path.startsWith('$') ? 1 : -1
  while (at >= 0 && at < path.length) {
    step.lastIndex = at
    const match = step.exec(path)
    if (match === null) break
    const [text, name, index, quoted] = match
    found += index === undefined ? `."${(name ?? quoted ?? '').replace(/\\(.)/g, '$1')}"` : `[${index}]`
    at += text.length
  }
  if (at !== path.length || found.includes('\\')) throw new SlsError('ParameterInvalid', `Invalid JSON path: '${path}'`)
  return found
}
