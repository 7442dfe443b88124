import type { Call, Expression } from './sql-tree.ts'

/** The expressions directly inside another; those of subqueries are not. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.type) {
    case 'sign':
    case 'not':
    case 'isNull':
    case 'cast':
    case 'inQuery':
      return [node.value]
    case 'arithmetic':
    case 'concat':
    case 'comparison':
    case 'logical':
      return [node.left, node.right]
    case 'between':
      return [node.value, node.low, node.high]
    case 'in':
      return [node.value, ...node.items]
    case 'like':
      return present([node.value, node.pattern, node.escape])
    case 'case':
      return present([node.operand, ...node.whens.flatMap(({ when, result }) => [when, result]), node.otherwise])
    case 'call':
      return present([...node.args, node.filter, ...overOf(node)])
    case 'lambda':
      return [node.body]
    case 'array':
      return node.items
    case 'subscript':
      return [node.base, node.index]
    case 'atTimeZone':
      return [node.value, node.zone]
    case 'null':
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'string':
    case 'typed':
    case 'interval':
    case 'name':
    case 'query':
    case 'exists':
      return []
    default:
      return node satisfies never
  }
}

function overOf({ over }: Call): readonly Expression[] {
  return over === undefined ? [] : [...over.partitionBy, ...over.orderBy.map(({ value }) => value)]
}

function present(nodes: ReadonlyArray<Expression | undefined>): readonly Expression[] {
  return nodes.filter((node) => node !== undefined)
}

/** The first expression for which `test` says true, from the outside in. */
export function findNode(node: Expression, test: (node: Expression) => boolean): Expression | undefined {
  if (test(node)) return node
  for (const child of childrenOf(node)) {
    const found = findNode(child, test)
    if (found !== undefined) return found
  }
  return undefined
}

/** A text that two expressions share if and only if they are written alike, wherever they stand. */
export function keyOf(node: Expression): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'line' || key === 'column' || key === 'quoted') return undefined
    return key === 'text' && typeof value === 'string' ? value.toLowerCase() : value
  })
}
