import type { Command } from './command.ts'
import { FORMATS } from './format.ts'
import { MENU } from './menu.ts'

/** `released`: short for the question that the product exists for. */
export const releasedCommand: Command = {
  ...MENU.released,
  options: [
    { flags: '--since <duration>', description: 'how far to look back, such as 12h or 30d', default: '30d' },
    { flags: '--instance <id>', description: 'only this instance' },
    { flags: '--format <format>', description: `${FORMATS.join(', ')} (default: table)` },
    { flags: '--time-zone <zone>', description: 'utc, or a name such as Asia/Shanghai (default: that of this machine)' }
  ],
  run: async (invocation) => (await import('./released-answer.ts')).answerReleased(invocation)
}
