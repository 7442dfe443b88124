import { FUNCTIONS } from './functions/function-catalogue.ts'
import type { Scope } from './scope.ts'
import { sqlFault } from './sql-fault.ts'
import type { Expression } from './sql-tree.ts'
import { childrenOf, findNode, keyOf } from './tree-walk.ts'

/** Whether an expression is an aggregate over a group, not over a window. */
function isAggregate(node: Expression): boolean {
  return node.type === 'call' && node.over === undefined && FUNCTIONS.get(node.name)?.[0]?.kind === 'aggregate'
}

export function hasAggregate(node: Expression): boolean {
  return findNode(node, isAggregate) !== undefined
}

/** @throws SlsError ParameterInvalid for an aggregate or a window function where a row is looked at alone */
export function refuseAggregates(node: Expression, clause: string): void {
  const found = findNode(node, (each) => isAggregate(each) || (each.type === 'call' && each.over !== undefined))
  if (found === undefined) return
  const name = found.type === 'call' ? found.name : ''
  throw sqlFault(found, `${clause} cannot contain aggregations or window functions: [${name}]`)
}

/** What a grouped SELECT may mention outside of aggregates. */
export class Grouping {
  readonly #scope: Scope
  readonly #keys: ReadonlySet<string>
  readonly #columns: ReadonlySet<string>

  constructor(groups: readonly Expression[], scope: Scope) {
    this.#scope = scope
    this.#keys = new Set(groups.map(keyOf))
    const names = groups.filter((group) => group.type === 'name')
    this.#columns = new Set(names.map((name) => scope.resolve(name.parts, name).sql))
  }

  /**
   * Checks that an expression has one value for each group.
   *
   * @param aliases names in lower case that stand for what was checked already
   * @throws SlsError ParameterInvalid
   */
  check(node: Expression, aliases: ReadonlySet<string> = new Set()): void {
    if (isAggregate(node) || this.#keys.has(keyOf(node))) return
    if (node.type === 'name') {
      const [first, second] = node.parts
      if (second === undefined && first !== undefined && aliases.has(first.text.toLowerCase())) return
      const column = this.#scope.find(node.parts, node)
      if (column === undefined || this.#columns.has(column.sql)) return
      const name = node.parts.at(-1)?.text
      throw sqlFault(node, `Column '${name}' not in GROUP BY clause;please add the column in the index attribute`)
    }
    const own =
      node.type === 'lambda' ? new Set([...aliases, ...node.parameters.map((each) => each.toLowerCase())]) : aliases
    for (const child of childrenOf(node)) this.check(child, own)
  }
}
