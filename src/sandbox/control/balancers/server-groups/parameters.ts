import type { RpcParameters } from '../../rpc-product.ts'
import { type Dialect, refuse } from './dialect.ts'

/** @throws RpcError 400 MissingParam */
export function required(parameters: RpcParameters, name: string, dialect: Dialect): string {
  const text = parameters.text(name)
  if (text === '') throw refuse(dialect, 'MissingParam', name)
  return text
}

/** One of a few words, the first when it is not given. @throws RpcError 400 IllegalParam */
export function oneOf<Word extends string>(
  parameters: RpcParameters,
  name: string,
  words: readonly Word[],
  dialect: Dialect
): Word {
  const text = parameters.text(name)
  const word = text === '' ? words[0] : words.find((known) => known === text)
  if (word === undefined) throw refuse(dialect, 'IllegalParam', name)
  return word
}
