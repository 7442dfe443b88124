import { OperandParser, placeOf } from './operand-parser.ts'
import { notServed, sqlFault } from './sql-fault.ts'
import type { Arithmetic, Comparison, Expression } from './sql-tree.ts'

const COMPARISONS = new Set(['=', '<>', '!=', '<', '<=', '>', '>='])
const MAX_DEPTH = 200

/** Reads expressions (Presto's grammar, from the loosest binding to the closest). */
export abstract class ExpressionParser extends OperandParser {
  #depth = 0

  protected override expression(): Expression {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw sqlFault(this.peek(), 'statement is too large (stack overflow during analysis)')
    const found = this.#or()
    this.#depth -= 1
    return found
  }

  #or(): Expression {
    let left = this.#and()
    for (let at = this.peek(); this.accept('or'); at = this.peek()) {
      left = { type: 'logical', operator: 'or', left, right: this.#and(), ...placeOf(at) }
    }
    return left
  }

  #and(): Expression {
    let left = this.#not()
    for (let at = this.peek(); this.accept('and'); at = this.peek()) {
      left = { type: 'logical', operator: 'and', left, right: this.#not(), ...placeOf(at) }
    }
    return left
  }

  #not(): Expression {
    const at = placeOf(this.peek())
    if (!this.accept('not')) return this.#predicate()
    return { type: 'not', value: this.#not(), ...at }
  }

  #predicate(): Expression {
    let left = this.concatenation()
    for (;;) {
      const at = placeOf(this.peek())
      if (this.peek().kind === 'symbol' && COMPARISONS.has(this.peek().text)) {
        const { text } = this.take()
        if (['all', 'any', 'some'].some((word) => this.sees(word, '('))) throw notServed('A quantified comparison')
        const operator = (text === '!=' ? '<>' : text) as Comparison
        left = { type: 'comparison', operator, left, right: this.concatenation(), ...at }
        continue
      }
      if (this.accept('is')) {
        const negated = this.accept('not')
        if (this.accept('null')) {
          left = negate(negated, { type: 'isNull', value: left, ...at })
        } else {
          this.expect('distinct', 'from')
          left = negate(negated, {
            type: 'comparison',
            operator: 'is distinct from',
            left,
            right: this.concatenation(),
            ...at
          })
        }
        continue
      }
      const negated = this.sees('not') && ['between', 'in', 'like'].includes(this.peek(1).text)
      if (negated) this.expect('not')
      const found = this.#setPredicate(left)
      if (found === undefined) return left
      left = negate(negated, found)
    }
  }

  #setPredicate(value: Expression): Expression | undefined {
    const at = placeOf(this.peek())
    if (this.accept('between')) {
      const low = this.concatenation()
      this.expect('and')
      return { type: 'between', value, low, high: this.concatenation(), ...at }
    }
    if (this.accept('in')) {
      this.expect('(')
      const found: Expression = this.seesQuery()
        ? { type: 'inQuery', value, query: this.query(), ...at }
        : { type: 'in', value, items: this.listOf(() => this.expression()), ...at }
      this.expect(')')
      return found
    }
    if (!this.accept('like')) return undefined
    const pattern = this.concatenation()
    return { type: 'like', value, pattern, escape: this.accept('escape') ? this.concatenation() : undefined, ...at }
  }

  protected override concatenation(): Expression {
    let left = this.#sum()
    for (let at = this.peek(); this.accept('||'); at = this.peek()) {
      left = { type: 'concat', left, right: this.#sum(), ...placeOf(at) }
    }
    return left
  }

  #sum(): Expression {
    let left = this.#product()
    while (this.sees('+') || this.sees('-')) {
      const { text, ...at } = this.take()
      left = { type: 'arithmetic', operator: text as Arithmetic, left, right: this.#product(), ...placeOf(at) }
    }
    return left
  }

  #product(): Expression {
    let left = this.#signed()
    while (this.sees('*') || this.sees('/') || this.sees('%')) {
      const { text, ...at } = this.take()
      left = { type: 'arithmetic', operator: text as Arithmetic, left, right: this.#signed(), ...placeOf(at) }
    }
    return left
  }

  #signed(): Expression {
    const at = placeOf(this.peek())
    if (this.accept('-')) return { type: 'sign', operator: '-', value: this.#signed(), ...at }
    if (this.accept('+')) return { type: 'sign', operator: '+', value: this.#signed(), ...at }
    const value = this.#postfixed()
    if (!this.accept('at', 'time', 'zone')) return value
    return { type: 'atTimeZone', value, zone: this.#postfixed(), ...at }
  }

  #postfixed(): Expression {
    let base = this.operand()
    for (let at = this.peek(); this.accept('['); at = this.peek()) {
      base = { type: 'subscript', base, index: this.expression(), ...placeOf(at) }
      this.expect(']')
    }
    return base
  }
}

function negate(negated: boolean, value: Expression): Expression {
  return negated ? { type: 'not', value, ...placeOf(value) } : value
}
