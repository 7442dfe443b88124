/**
 * An action of your own: tells a webhook of every spot interruption. In ecs-audit.yaml:
 *
 *     actions:
 *       dryRun: false
 *       plugins:
 *         - module: ./webhook.mjs
 *           options: { url: 'https://hooks.example.com/ecs' }
 *
 * @param {{ url: string }} options
 * @returns {import('ecs-audit').ActionPlugin<{ instanceId: string, regionId: string }>}
 */
export function createAction({ url }) {
  if (!URL.canParse(url)) throw new Error(`options.url must be a URL, found ${JSON.stringify(url)}`)
  return {
    name: 'webhook',
    match: (event) => event.interruption !== '',
    plan: async ({ instanceId, regionId }) => {
      return { kind: 'act', plan: { instanceId, regionId }, target: new URL(url).host }
    },
    execute: async (plan, { idempotencyKey, signal }) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(plan),
        signal
      })
      if (response.ok) return { kind: 'done', reason: 'told' }
      const again = response.status === 429 || response.status >= 500
      return { kind: 'failed', reason: `http-${response.status}`, ...(again ? { retryAfterMs: 30_000 } : {}) }
    }
  }
}
