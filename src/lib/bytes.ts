/** Whether this part stands there. Beats a comparison by native code for the dozen bytes of a name or a tag. */
export function startsWith(bytes: Uint8Array, part: Uint8Array, at: number): boolean {
  for (let index = 0; index < part.length; index += 1) if (bytes[at + index] !== part[index]) return false
  return true
}

/** Where the first byte from there on is that is no blank of JSON and XML: space, tab, line feed, carriage return. */
export function pastBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
    at += 1
  }
}
