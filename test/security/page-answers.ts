interface Setup {
  readonly dashboards: ReadonlyArray<{ readonly name: string }>
}

interface Charts {
  readonly charts: ReadonlyArray<{ readonly id: string; readonly asks: boolean }>
}

/** For all questions together, ms. */
const LIMIT_MS = 10_000

/** Asks the local page's server for all that its dashboards show, and for an instance, and returns everything that it told. */
export async function pageAnswers(url: string, instanceId: string): Promise<string[]> {
  const told: string[] = []
  const limit = AbortSignal.timeout(LIMIT_MS)
  const ask = async (path: string, body?: unknown): Promise<string> => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(new URL(path, url), { ...(body !== undefined && post), signal: limit })
    const text = await answer.text()
    told.push(`${answer.status} ${path}`, JSON.stringify([...answer.headers]), text)
    return text
  }
  const { dashboards } = JSON.parse(await ask('api/setup')) as Setup
  const asking = await Promise.all(
    dashboards.map(async ({ name: dashboard }) => {
      const { charts } = JSON.parse(await ask(`api/dashboards/${dashboard}`)) as Charts
      return charts.filter(({ asks }) => asks).map(({ id: chart }) => ({ dashboard, chart }))
    })
  )
  // A logstore that stalls is waited for no longer than the limit.
  await Promise.allSettled(asking.flat().map((chart) => ask('api/chart', chart)))
  await Promise.allSettled([ask(`api/instances?text=${instanceId}`), ask(`api/instances/${instanceId}`)])
  return told
}
