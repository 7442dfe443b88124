import { setFlagsFromString } from 'node:v8'

/**
 * What V8 is asked for, for the whole process: so only the program itself may ask, never a library. Figures are of full load, by
 * turns with and without on a noisy machine; docs/performance.md has them all.
 */
const FLAGS = [
  // The old generation is collected when it has grown by so much, percent, beyond what was alive; V8 by itself waits for up to
  // four times as much. A peak of 185 MB instead of 240 to 260, and no difference in CPU time that shows.
  '--heap-growing-percent=60',
  // The young generation is collected between two turns of the event loop when so much of it, percent, is in use; V8's own bound
  // is 80. An event is short-lived: what is left alive is no more than later. 8 MB less; no difference in CPU time that shows.
  '--minor-gc-task-trigger=40',
  // undici's parser, which is WebAssembly, stays as it was compiled first. Compiling it again, when the load begins, takes 42 MB for
  // a moment, and gains nothing that shows. A peak of 8 MB less.
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
  // So much bytecode, bytes, of other functions may go into one that is optimized; V8's own bound is 920. Events are read and records
  // written by small functions, called a few dozen times each: 1 to 5 % less CPU time in three comparisons out of four, for 4 MB.
  '--max-inlined-bytecode-size-cumulative=2000'
] as const

export function tuneV8(): void {
  for (const flag of FLAGS) setFlagsFromString(flag)
}
