const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

/** An id as the services make them: `rsp-bp1` and 17 small letters and digits. */
export function resourceId(prefix: string, random: () => number): string {
  return `${prefix}-bp1${Array.from({ length: 17 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('')}`
}

/** `2026-11-22T12:00:00Z`, the form of the services' times. */
export function serviceTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
