/** Where everything is made. */
export interface Target {
  readonly region: string
  readonly project: string
  readonly logstore: string
}

export const LANGUAGES = ['en', 'zh'] as const

/** In which language people read it in the console. */
export interface ConsoleText {
  readonly lang: (typeof LANGUAGES)[number]
}
