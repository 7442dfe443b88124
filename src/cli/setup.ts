import type { Command } from './command.ts'
import { MENU } from './menu.ts'

/** `setup`: brings the logstore's project to what the product needs. */
export const setupCommand: Command = {
  ...MENU.setup,
  options: [
    { flags: '--check', description: 'only tell what is not as it should be; exit 1 if anything' },
    { flags: '--dry-run', description: 'only tell what would be done' },
    { flags: '--print <dir>', description: 'write everything as files instead, to import by hand; calls no cloud' },
    { flags: '--lang <lang>', description: 'language of titles in the console: en or zh', default: 'en' },
    { flags: '--create-project', description: 'make the SLS project as well when it does not exist' },
    { flags: '--change-types', description: 'change fields that somebody has indexed with another type' }
  ],
  run: async (invocation) => (await import('./setup-run.ts')).setUp(invocation)
}
