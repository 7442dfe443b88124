import { createRequire, Module } from 'node:module'
import { requireSdk } from './sdk.ts'

const { cache, resolve } = createRequire(import.meta.url)

/**
 * `requireSdk` for a package of which some parts, its own or what it depends on, are only loaded when something of them is
 * first used. What such a part exports is missing where the package exports it again. Whoever else requires the package or
 * a part gets it whole: neither stays in the cache of modules.
 *
 * @param parts as the package's main file requires them: `./models/model`, `xml2js`
 */
export function requireSdkWithout<Sdk>(name: string, ...parts: readonly string[]): Sdk {
  const whole = resolve(name)
  const left = parts.map((part) => createRequire(whole).resolve(part))
  const takeBack = [lend(whole, undefined), ...left.map((file) => lend(file, laterModule(file)))]
  try {
    return requireSdk(name)
  } finally {
    for (const each of takeBack) each()
  }
}

type Exports = Readonly<Record<PropertyKey, unknown>>

const NOTHING: Exports = {}

/** Stands for a module that is loaded when something of it is used. */
function laterModule(file: string): Module {
  const later = new Module(file)
  later.exports = new Proxy(NOTHING, {
    get: (_, key) => (key === '__esModule' ? true : requireSdk<Exports>(file)[key])
  })
  later.loaded = true
  return later
}

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
