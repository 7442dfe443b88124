import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { compress, uncompress } from 'lz4-napi'

const deflateAsync = promisify(deflate)
const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)

/** lz4-napi puts the raw size, 4 bytes little-endian, in front of the block; the service's blocks have no such prefix. */
const SIZE_PREFIX_BYTES = 4

/** Compresses as the service does: an LZ4 block, or a zlib stream (RFC 1950), which it names `deflate` or `gzip`. */
export async function compressBody(raw: Buffer, type: string): Promise<Buffer> {
  return type === 'lz4' ? (await compress(raw)).subarray(SIZE_PREFIX_BYTES) : deflateAsync(raw)
}

/**
 * The raw bytes of a body that a client compressed, or undefined when they can't be restored to exactly `rawBytes`.
 * Never allocates more than `rawBytes`.
 */
export async function uncompressBody(body: Buffer, type: string, rawBytes: number): Promise<Buffer | undefined> {
  try {
    const raw =
      type === 'lz4'
        ? await uncompress(withSizePrefix(body, rawBytes))
        : await inflateAsync(body, { maxOutputLength: Math.max(1, rawBytes) })
    return raw.length === rawBytes ? raw : undefined
  } catch {
    return undefined
  }
}

function withSizePrefix(block: Buffer, rawBytes: number): Buffer {
  const prefixed = Buffer.allocUnsafe(SIZE_PREFIX_BYTES + block.length)
  prefixed.writeUInt32LE(rawBytes, 0)
  block.copy(prefixed, SIZE_PREFIX_BYTES)
  return prefixed
}
