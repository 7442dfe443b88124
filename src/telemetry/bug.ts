/**
 * A thrown value for the log: what kind of error and where, but not its message, which may quote what was being worked on
 * (V8's own do: `Unexpected token ... in JSON`), and so a message's body.
 */
export function describeBug(thrown: unknown): { readonly error: string; readonly at: readonly string[] } {
  if (!(thrown instanceof Error)) return { error: typeof thrown, at: [] }
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { error: thrown.constructor.name, at: frames.slice(0, 8).map((line) => line.trim()) }
}
