import { notServed } from './sql-fault.ts'
import type { Call, Expression, FrameBound, FrameBounds, NamePart, Query, SortItem, WindowFrame } from './sql-tree.ts'
import { TokenReader } from './token-reader.ts'

/** Functions that are called without parentheses. */
const BARE_CALLS = new Set(['current_date', 'current_timestamp', 'localtimestamp', 'current_time', 'localtime'])
const INTERVAL_UNITS = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'year'])

/** Reads what operators stand between (Presto's grammar: primary expressions). */
export abstract class OperandParser extends TokenReader {
  protected abstract query(): Query

  protected abstract expression(): Expression

  protected abstract concatenation(): Expression

  /** One operand: a literal, a name, a call, something in parentheses. */
  protected operand(): Expression {
    const token = this.peek()
    const at = placeOf(token)
    switch (token.kind) {
      case 'string':
      case 'integer':
      case 'decimal':
        this.take()
        return { type: token.kind, value: token.text, ...at }
      case 'quoted':
        return this.#nameOrCall()
      case 'symbol':
        return this.#parenthesized()
      case 'word':
        return this.#worded()
      case 'end':
        throw this.unexpected()
      default:
        return token.kind satisfies never
    }
  }

  #parenthesized(): Expression {
    const at = placeOf(this.peek())
    this.expect('(')
    if (this.seesQuery()) {
      const query = this.query()
      this.expect(')')
      return { type: 'query', query, ...at }
    }
    const value = this.expression()
    if (this.sees(',')) throw notServed('A row of several values')
    this.expect(')')
    return value
  }

  #worded(): Expression {
    const token = this.peek()
    const at = placeOf(token)
    if (this.accept('null')) return { type: 'null', ...at }
    if (this.accept('true')) return { type: 'boolean', value: true, ...at }
    if (this.accept('false')) return { type: 'boolean', value: false, ...at }
    if (this.accept('case')) return this.#case(at)
    if (this.sees('cast') || this.sees('try_cast', '(')) return this.#cast()
    if (this.accept('exists')) {
      this.expect('(')
      const query = this.query()
      this.expect(')')
      return { type: 'exists', query, ...at }
    }
    if (this.accept('extract')) return this.#extract(at)
    if (this.accept('position', '(')) return this.#position(at)
    if (this.sees('interval') && (this.peek(1).kind === 'string' || this.sees('interval', '-')))
      return this.#interval(at)
    if (['date', 'timestamp', 'time'].includes(token.text) && this.peek(1).kind === 'string') {
      this.take()
      return { type: 'typed', name: token.text, value: this.take().text, ...at }
    }
    if (this.accept('array', '[')) return this.#array(at)
    if (BARE_CALLS.has(token.text)) {
      this.take()
      return plainCall(token.text, [], at)
    }
    if (this.accept('grouping', '(')) {
      const args = this.listOf(() => this.expression())
      this.expect(')')
      return plainCall('grouping', args, at)
    }
    return this.#nameOrCall()
  }

  #nameOrCall(): Expression {
    const at = placeOf(this.peek())
    if (this.seesName() && this.peek(1).text === '(' && this.peek(1).kind === 'symbol') return this.#call()
    const part = (): NamePart => ({ quoted: this.peek().kind === 'quoted', text: this.name() })
    const parts = [part()]
    while (this.accept('.')) parts.push(part())
    return { type: 'name', parts, ...at }
  }

  #call(): Expression {
    const at = placeOf(this.peek())
    const name = this.name().toLowerCase()
    this.expect('(')
    const star = this.accept('*')
    const distinct = !star && this.accept('distinct')
    if (!distinct && this.sees('all') && !this.sees('all', ')')) this.accept('all')
    const args = star || this.sees(')') ? [] : this.listOf(() => this.#argument())
    if (this.sees('order')) throw this.unexpected()
    this.expect(')')
    let filter: Expression | undefined
    if (this.accept('filter', '(')) {
      this.expect('where')
      filter = this.expression()
      this.expect(')')
    }
    if (this.sees('ignore', 'nulls') || this.sees('respect', 'nulls')) throw notServed('IGNORE NULLS')
    const over = this.sees('over') ? this.#window() : undefined
    return { type: 'call', name, args, star, distinct, filter, over, ...at }
  }

  #argument(): Expression {
    const at = placeOf(this.peek())
    if (this.seesName() && this.peek(1).text === '->') {
      const parameters = [this.name()]
      this.expect('->')
      return { type: 'lambda', parameters, body: this.expression(), ...at }
    }
    if (!this.#seesLambda()) return this.expression()
    this.expect('(')
    const parameters = this.sees(')') ? [] : this.listOf(() => this.name())
    this.expect(')', '->')
    return { type: 'lambda', parameters, body: this.expression(), ...at }
  }

  #seesLambda(): boolean {
    if (!this.sees('(')) return false
    let ahead = 1
    while (this.seesName(ahead)) ahead += this.peek(ahead + 1).text === ',' ? 2 : 1
    return this.peek(ahead).text === ')' && this.peek(ahead + 1).text === '->'
  }

  #window(): WindowFrame {
    this.expect('over', '(')
    const partitionBy = this.accept('partition', 'by') ? this.listOf(() => this.expression()) : []
    const orderBy = this.sortItems()
    const unit = this.sees('rows') ? 'rows' : this.sees('range') ? 'range' : undefined
    const frame = unit && this.#frame(unit)
    this.expect(')')
    return { partitionBy, orderBy, frame }
  }

  #frame(unit: FrameBounds['unit']): FrameBounds {
    this.take()
    if (!this.accept('between')) return { unit, start: this.#frameBound(), end: undefined }
    const start = this.#frameBound()
    this.expect('and')
    return { unit, start, end: this.#frameBound() }
  }

  #frameBound(): FrameBound {
    if (this.accept('current', 'row')) return { kind: 'current' }
    const distance = this.accept('unbounded') ? undefined : this.expression()
    const side = this.accept('preceding') ? 'preceding' : 'following'
    if (side === 'following') this.expect('following')
    return distance === undefined ? { kind: 'unbounded', side } : { kind: 'distance', side, distance }
  }

  /** What stands behind ORDER BY, or nothing. NULL comes last in Presto whichever the direction. */
  protected sortItems(): SortItem[] {
    if (!this.accept('order', 'by')) return []
    return this.listOf(() => {
      const value = this.expression()
      const descending = this.accept('desc')
      if (!descending) this.accept('asc')
      const nullsFirst = this.accept('nulls', 'first')
      if (!nullsFirst) this.accept('nulls', 'last')
      return { value, descending, nullsFirst }
    })
  }

  #case(at: Place): Expression {
    const operand = this.sees('when') ? undefined : this.expression()
    const whens: Array<{ when: Expression; result: Expression }> = []
    while (this.accept('when')) {
      const when = this.expression()
      this.expect('then')
      whens.push({ when, result: this.expression() })
    }
    if (whens.length === 0) throw this.unexpected()
    const otherwise = this.accept('else') ? this.expression() : undefined
    this.expect('end')
    return { type: 'case', operand, whens, otherwise, ...at }
  }

  #cast(): Expression {
    const { text, ...at } = this.take()
    this.expect('(')
    const value = this.expression()
    this.expect('as')
    const to = this.#typeText()
    this.expect(')')
    return { type: 'cast', value, to, tolerant: text === 'try_cast', ...placeOf(at) }
  }

  #typeText(): string {
    const words = [this.name().toLowerCase()]
    while (this.sees('with') || this.sees('time') || this.sees('zone') || this.sees('precision'))
      words.push(this.take().text)
    const name = words.join(' ')
    if (!this.accept('(')) return name
    const args = this.listOf(() => (this.peek().kind === 'integer' ? this.take().text : this.#typeText()))
    this.expect(')')
    return `${name}(${args.join(', ')})`
  }

  #extract(at: Place): Expression {
    this.expect('(')
    const field = this.name().toLowerCase()
    this.expect('from')
    const value = this.expression()
    this.expect(')')
    return plainCall(field, [value], at)
  }

  #position(at: Place): Expression {
    const part = this.concatenation()
    this.expect('in')
    const text = this.expression()
    this.expect(')')
    return plainCall('strpos', [text, part], at)
  }

  #interval(at: Place): Expression {
    this.expect('interval')
    const negative = this.accept('-')
    if (!negative) this.accept('+')
    if (this.peek().kind !== 'string') throw this.unexpected()
    const value = this.take().text
    const unit = this.peek().text
    if (!INTERVAL_UNITS.has(unit)) throw this.unexpected()
    this.take()
    if (this.sees('to')) throw notServed('An interval of several units')
    return { type: 'interval', value, unit, negative, ...at }
  }

  #array(at: Place): Expression {
    const items = this.sees(']') ? [] : this.listOf(() => this.expression())
    this.expect(']')
    return { type: 'array', items, ...at }
  }

  protected seesQuery(): boolean {
    let ahead = 0
    while (this.peek(ahead).text === '(' && this.peek(ahead).kind === 'symbol') ahead += 1
    const { kind, text } = this.peek(ahead)
    return kind === 'word' && (text === 'select' || (text === 'with' && ahead === 0))
  }
}

interface Place {
  readonly line: number
  readonly column: number
}

export function placeOf({ line, column }: Place): Place {
  return { line, column }
}

function plainCall(name: string, args: readonly Expression[], at: Place): Call {
  return { type: 'call', name, args, star: false, distinct: false, filter: undefined, over: undefined, ...at }
}
