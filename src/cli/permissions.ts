import type { Command } from './command.ts'
import { MENU } from './menu.ts'
import { POLICY_FORMATS, ROLE_NAMES } from './permission-options.ts'

/** `permissions`: the least-privilege RAM policies of what is switched on. */
export const permissionsCommand: Command = {
  ...MENU.permissions,
  options: [
    { flags: '--format <format>', description: `${POLICY_FORMATS.join(' or ')} (default: text)` },
    { flags: '--role <role>', description: `only this one, as a policy to paste: ${ROLE_NAMES.join(', ')}` }
  ],
  run: async (invocation) => (await import('./permissions-print.ts')).printPermissions(invocation)
}
