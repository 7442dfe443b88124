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

/** What the title of everything begins with, so that it stands together in the console's lists. */
export const TITLE_PREFIX = { en: 'ECS audit: ', zh: 'ECS 审计：' } as const satisfies Record<
  ConsoleText['lang'],
  string
>
