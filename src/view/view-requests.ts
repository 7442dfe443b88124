import { z } from 'zod'
import { BadRequest } from './bad-request.ts'
import type { ChartRequest } from './chart-desk.ts'

const MAX_SPAN_MS = 3_650 * 86_400_000
const epochMs = z.number().int().min(0).max(8.64e15)
const values = z.array(z.string().max(256)).max(50)

const chartRequest = z.strictObject({
  dashboard: z.string().max(128),
  chart: z.string().max(128),
  range: z
    .union([
      z.strictObject({ lastMs: z.number().int().min(1_000).max(MAX_SPAN_MS) }),
      z.strictObject({ fromMs: epochMs, toMs: epochMs })
    ])
    .optional(),
  filters: z.record(z.string().max(128), values).default({}),
  tokens: z.record(z.string().max(128), z.string().max(256)).default({}),
  zone: z
    .string()
    .regex(/^([+-]\d\d:\d\d)?$/)
    .default('')
})

/**
 * What the page asks of a chart, from the body of its request.
 *
 * @throws BadRequest for a body that is none
 */
export function readChartRequest(body: Buffer): ChartRequest {
  const read = chartRequest.safeParse(parseJson(body))
  if (!read.success) throw new BadRequest('Not a request for a chart.')
  const { dashboard, chart, range, filters, tokens, zone } = read.data
  return { dashboard, chart, range, controls: { filters, tokens }, zone }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new BadRequest('Not JSON.')
  }
}
