/** What marks a message's body: wherever it shows, a body was told. */
export const BODY_MARK = 'BODYMARKc4a1f0e7'
export const TOKEN = 'TOKENMARKb81e55d09c'

/** The mark as it looks inside base64, whatever stands before it. */
const BODY_IN_BASE64 = [0, 1, 2].map((before) => {
  const text = Buffer.from(`${'x'.repeat(before)}${BODY_MARK}`)
    .toString('base64')
    .replace(/=+$/, '')
  return text.slice(before === 0 ? 0 : 4, -4)
})

/** The signatures and receipt handles that went by on a wire, as they were used. */
export function secretsOnWire(heard: string): { readonly signatures: Set<string>; readonly handles: Set<string> } {
  const signatures = [...heard.matchAll(/^authorization: .*?(?:Signature=(\w{32,})|MNS [\w.-]+:(\S{20,}))\r$/gim)]
  const handles = [...heard.matchAll(/<ReceiptHandle>([^<]{8,})<\/ReceiptHandle>/g)]
  return {
    signatures: new Set(signatures.map(([, hex, base64]) => hex ?? base64 ?? '')),
    handles: new Set(handles.map(([, handle = '']) => handle.replaceAll('&amp;', '&')))
  }
}

/** Which of these secrets a text holds, in any of the forms in which programs write them. */
export function leaksIn(text: string, secrets: Iterable<string>): string[] {
  return [...new Set(secrets)].filter((secret) => {
    const escaped = JSON.stringify(secret).slice(1, -1)
    return [secret, escaped, encodeURIComponent(secret)].some((form) => text.includes(form))
  })
}

/** Whether a text tells of a message's body. */
export function tellsBody(text: string): boolean {
  return [BODY_MARK, ...BODY_IN_BASE64].some((form) => text.includes(form))
}
