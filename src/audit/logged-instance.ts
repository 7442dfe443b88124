/**
 * True for what a record may have as `instance_id`: ids of today (`i-bp1x001demo`), and older ones (`AY14...`), which
 * legacy alarms tell. Nothing of it could end the quotes of a query.
 */
export function isLoggedInstance(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{1,63}$/.test(text)
}
