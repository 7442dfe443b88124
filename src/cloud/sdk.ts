import { createRequire } from 'node:module'

/**
 * Loads a CommonJS SDK the same way under Node, a bundler and Vitest: their default imports of these packages differ
 * (one gives the class, another a namespace that holds it as `default`).
 */
const load = createRequire(import.meta.url)

/**
 * The module object of a CommonJS package, as `require` gives it. The caller states its type.
 *
 * `DEBUG` is out of sight while the package loads: the SDKs print authorization headers, security tokens and message
 * bodies through the `debug` package, which reads that variable once, when it is loaded.
 */
export function requireSdk<Module>(name: string): Module {
  const { DEBUG: debug } = process.env
  if (debug === undefined) return load(name) as Module
  delete process.env['DEBUG']
  try {
    return load(name) as Module
  } finally {
    process.env['DEBUG'] = debug
  }
}
