/** What a plugin is told of an event, as far as it is used here. */
interface Notice {
  readonly instanceId: string
  readonly interruption: string
}

/** An action of a user's own that tells the replay server of every interruption notice: it says when, by its clock. */
export function createAction({ url }: { readonly url: string }) {
  return {
    name: 'probe',
    match: ({ interruption }: Notice) => interruption !== '',
    plan: async ({ instanceId }: Notice) => {
      await (await fetch(`${url}/hook/${instanceId}`)).text()
      return { kind: 'skip', reason: 'measured' }
    },
    execute: async () => ({ kind: 'done' })
  }
}
