/** `Restarts` of `ECS audit: restarts`: what all titles begin with says nothing beside the others. */
export function shortTitles(titles: readonly string[]): readonly string[] {
  const [first = ''] = titles
  const prefix = /^[^:：]+[:：]\s*/.exec(first)?.[0] ?? ''
  if (titles.length < 2 || !titles.every((title) => title.startsWith(prefix))) return titles
  return titles.map((title) => title.charAt(prefix.length).toUpperCase() + title.slice(prefix.length + 1))
}
