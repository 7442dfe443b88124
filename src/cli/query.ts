import type { Command } from './command.ts'
import { FORMATS } from './format.ts'
import { MENU } from './menu.ts'

/** `query`: the audit questions of the catalogue, at the terminal. */
export const queryCommand: Command = {
  ...MENU.query,
  options: [
    { flags: '--list', description: 'list the questions' },
    {
      flags: '--since <duration>',
      description: "how far to look back, such as 12h or 30d (default: the question's own)"
    },
    {
      flags: '--param <key=value>',
      description: 'a parameter of the question; may be given several times',
      repeated: true
    },
    { flags: '--format <format>', description: `${FORMATS.join(', ')} (default: table)` },
    {
      flags: '--time-zone <zone>',
      description: 'utc, or a name such as Asia/Shanghai (default: that of this machine)'
    },
    { flags: '--rows <n>', description: 'most rows (default: all, up to 100,000)' },
    { flags: '--print', description: 'print the query itself, for the SLS console' }
  ],
  run: async (invocation) => (await import('./query-answer.ts')).answerQuery(invocation)
}
