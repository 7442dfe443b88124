import { afterEach } from 'vitest'

const closers: Array<() => Promise<void>> = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Closes it after the test, the last opened first. */
export function closeLater(close: () => Promise<void>): void {
  closers.push(close)
}
