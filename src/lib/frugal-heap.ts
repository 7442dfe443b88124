import { setFlagsFromString } from 'node:v8'

/** By how much the old generation of the heap may grow beyond what was alive, percent, before it is collected. */
const GROWTH_PERCENT = 60

/**
 * Has V8 collect the heap's old generation sooner than it would by itself, which is when it is up to four times as large as
 * what is alive. For the whole process, so only the program itself may ask for it, never a library. Measured at full load: a peak
 * of 185 MB instead of 240 to 260 (190 instead of 250 with 200 ms of PutLogs), and no difference in CPU time that shows.
 */
export function growHeapSlowly(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}
