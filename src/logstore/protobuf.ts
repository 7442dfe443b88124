/** Protocol Buffers tags of SLS's `LogGroup` (Simple Log Service, Data encoding format). */
export const LOGS_TAG = 0x0a
export const GROUP_TAG = { topic: 0x1a, source: 0x22 } as const
export const LOG_TAG = { time: 0x08, contents: 0x12 } as const
export const CONTENT_TAG = { key: 0x0a, value: 0x12 } as const

/** @param value an unsigned 32-bit integer */
export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}

/**
 * @param value an unsigned 32-bit integer
 * @returns where the next byte goes
 */
export function writeVarint(buffer: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}
