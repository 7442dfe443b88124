import { describe, expect, test } from 'vitest'
import { RecentKeys } from '../../src/monitor/recent-keys.ts'
import { Histogram } from '../../src/telemetry/histogram.ts'
import { Meters } from '../../src/telemetry/meters.ts'
import { allMetrics, METRICS, totalMetric } from '../../src/telemetry/metrics.ts'
import { TOTALS, type Total } from '../../src/telemetry/totals.ts'

describe('the table of metrics', () => {
  test('names are those of Prometheus: units and _total at the end, letters that it takes', () => {
    for (const [name, { type }] of allMetrics()) {
      expect(name).toMatch(/^ecs_audit_[a-z][a-z_]*[a-z]$/)
      expect(name.endsWith('_total'), name).toBe(type === 'counter')
      if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes|records)$/)
    }
  })

  test('every counter of the service is a metric, and no two have one name', () => {
    const names = Object.keys(TOTALS).map((total) => totalMetric(total as Total))
    expect(totalMetric('putFaults')).toBe('ecs_audit_put_faults_total')
    expect(new Set([...names, ...Object.keys(METRICS)]).size).toBe(names.length + Object.keys(METRICS).length)
  })

  test('buckets ascend', () => {
    for (const [name, metric] of Object.entries(METRICS)) {
      if (metric.type !== 'histogram') continue
      expect(
        [...metric.buckets].sort((a, b) => a - b),
        name
      ).toEqual(metric.buckets)
    }
  })
})

describe('Histogram', () => {
  test('a value belongs to the first bucket that is not below it; the last one takes the rest', () => {
    const histogram = new Histogram([1, 5])
    for (const value of [0, 1, 1.5, 5, 5.1, 1_000]) histogram.observe(value)
    expect([...histogram.counts]).toEqual([2, 2, 2])
    expect(histogram.count).toBe(6)
    expect(histogram.sum).toBeCloseTo(1_012.6)
  })
})

describe('Meters', () => {
  test('a series is made once, by its labels', () => {
    const meters = new Meters()
    meters.tally('ecs_audit_faults_total', 'logstore', 'throttled').value += 2
    meters.tally('ecs_audit_faults_total', 'logstore', 'throttled').value += 1
    meters.histogram('ecs_audit_batch_records').observe(7)
    expect(meters.tallies('ecs_audit_faults_total')).toEqual([
      { labels: ['logstore', 'throttled'], cell: { value: 3 } }
    ])
    expect(meters.histograms('ecs_audit_batch_records')).toMatchObject([{ labels: [], cell: { sum: 7 } }])
  })

  test('a metric never grows beyond its bound: what comes later is counted as other', () => {
    const meters = new Meters()
    for (let index = 0; index < 1_000; index++) meters.tally('ecs_audit_batches_total', `reason-${index}`).value += 1
    meters.tally('ecs_audit_batches_total', 'reason-3').value += 1
    const series = meters.tallies('ecs_audit_batches_total')
    expect(series).toHaveLength(257)
    expect(series.reduce((sum, { cell }) => sum + cell.value, 0)).toBe(1_001)
    expect(series.at(-1)).toEqual({ labels: ['other'], cell: { value: 744 } })
    expect(series[3]).toEqual({ labels: ['reason-3'], cell: { value: 2 } })
  })
})

describe('RecentKeys', () => {
  test('knows the last 8,192 keys at the least, and forgets those before the last 16,384', () => {
    const keys = new RecentKeys()
    const known = Array.from({ length: 30_000 }, (_, index) => keys.seen(`key-${index}`))
    expect(known).not.toContain(true)
    expect(keys.seen('key-29999')).toBe(true)
    expect(keys.seen(`key-${30_000 - 8_192}`)).toBe(true)
    expect(keys.seen(`key-${30_000 - 16_385}`)).toBe(false)
  })
})
