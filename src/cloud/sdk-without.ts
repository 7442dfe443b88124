import { createRequire, Module } from 'node:module'
import { requireSdk } from './sdk.ts'

const { cache, resolve } = createRequire(import.meta.url)

/**
 * `requireSdk` for a package of which one part is only loaded when something of it is first used. The part's own exports are
 * missing from those of the package. Nothing of this stays in the cache of modules: whoever else requires the package gets
 * it whole.
 *
 * @param part as one would require it: `@alicloud/sls20201230/dist/models/model`
 */
export function requireSdkWithout<Sdk>(name: string, part: string): Sdk {
  const [whole, left] = [resolve(name), resolve(part)]
  const later = new Module(left)
  later.exports = new Proxy(NOTHING, {
    get: (_, key) => (key === '__esModule' ? true : requireSdk<Exports>(part)[key])
  })
  later.loaded = true
  const takeBack = [lend(whole, undefined), lend(left, later)]
  try {
    return requireSdk(name)
  } finally {
    for (const each of takeBack) each()
  }
}

type Exports = Readonly<Record<PropertyKey, unknown>>

const NOTHING: Exports = {}

/** Replaces what the cache holds for a file; returns how to put that back. */
function lend(file: string, module: Module | undefined): () => void {
  const before = cache[file]
  const put = (entry: Module | undefined): void => {
    if (entry === undefined) delete cache[file]
    else cache[file] = entry
  }
  put(module)
  return () => put(before)
}
