import { createRequire } from 'node:module'

/**
 * Loads a CommonJS SDK the same way under Node, a bundler and Vitest: their default imports of these packages differ
 * (one gives the class, another a namespace that holds it as `default`).
 */
const load = createRequire(import.meta.url)

/** The module object of a CommonJS package, as `require` gives it. The caller states its type. */
export function requireSdk<Module>(name: string): Module {
  return load(name) as Module
}
