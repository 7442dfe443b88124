import type { Report } from './trial.ts'

/** Prints the faults that were survived, by name, and what the trials came to. */
export function printSummary(reports: readonly Report[]): void {
  const tally = new Map<string, number>()
  for (const { tally: own } of reports) {
    for (const [name, count] of Object.entries(own)) tally.set(name, (tally.get(name) ?? 0) + count)
  }
  const rows = [...tally].sort(([one], [other]) => (one < other ? -1 : 1))
  const width = Math.max(10, ...rows.map(([name]) => name.length))
  const lines = rows.map(([name, count]) => `  ${name.padEnd(width)} ${String(count).padStart(7)}`)
  process.stdout.write(`\nfaults survived, by kind (requests that were struck, or times that it took place):\n`)
  process.stdout.write(`${lines.join('\n')}\n\n${totals(reports)}\n`)
}

function totals(reports: readonly Report[]): string {
  const sum = (value: (report: Report) => number): number => reports.reduce((all, report) => all + value(report), 0)
  const failed = reports.filter(({ problems }) => problems.length > 0).map(({ seed }) => seed)
  const fresh = reports.map(({ freshMs }) => freshMs).sort((a, b) => a - b)
  const at = (share: number): number => fresh[Math.floor(share * (fresh.length - 1))] ?? 0
  return [
    `${reports.length} seeds, ${(sum(({ faultMs }) => faultMs) / 60_000).toFixed(1)} minutes of faults`,
    `${sum(({ messages }) => messages)} messages, ${sum(({ followUps }) => followUps)} follow-ups`,
    `${sum(({ duplicates }) => duplicates)} duplicates, where the faults account for ${sum(({ budget }) => budget)}`,
    `a fresh event after the faults: median ${at(0.5)} ms, 90 % within ${at(0.9)} ms, longest ${at(1)} ms`,
    failed.length === 0 ? 'nothing was lost, every rule was kept' : `FAILED: seeds ${failed.join(', ')}`
  ].join('\n')
}
