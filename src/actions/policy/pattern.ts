/**
 * Whether the whole text fits a pattern in which `*` stands for any characters, also none, and `?` for exactly one.
 * Takes at most pattern x text steps: no pattern that somebody writes makes it slow.
 */
export function fitsPattern(pattern: string, text: string): boolean {
  let at = 0
  let next = 0
  /** Where to go on when what follows the last `*` does not fit: that `*` then takes one character more. */
  let retry: { readonly pattern: number; readonly text: number } | undefined
  while (at < text.length) {
    if (pattern[next] === '*') {
      next += 1
      retry = { pattern: next, text: at }
    } else if (pattern[next] === '?' || pattern[next] === text[at]) {
      next += 1
      at += 1
    } else if (retry !== undefined) {
      at = retry.text + 1
      next = retry.pattern
      retry = { pattern: next, text: at }
    } else return false
  }
  return /^\**$/.test(pattern.slice(next))
}
