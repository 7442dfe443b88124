const ID_BYTES = 16
const VERSION_BYTES = 6

/**
 * The receipt handle of one delivery. Opaque to clients; as the documented ones it holds `+`, `/` and `=`, so that a client
 * that forgets to escape them is found out.
 *
 * @param id 32 hexadecimal digits
 * @param version grows with every receive and every change of visibility
 */
export function formatHandle(id: string, version: number): string {
  const digits = version.toString(16).padStart(2 * VERSION_BYTES, '0')
  return `8-${Buffer.from(id + digits, 'hex').toString('base64')}`
}

/** The reverse of `formatHandle`; undefined for what it never made. */
export function parseHandle(handle: string): { id: string; version: number } | undefined {
  if (!handle.startsWith('8-')) return undefined
  const bytes = Buffer.from(handle.slice(2), 'base64')
  if (bytes.length !== ID_BYTES + VERSION_BYTES) return undefined
  const id = bytes.toString('hex', 0, ID_BYTES).toUpperCase()
  const version = bytes.readUIntBE(ID_BYTES, VERSION_BYTES)
  return formatHandle(id, version) === handle ? { id, version } : undefined
}
