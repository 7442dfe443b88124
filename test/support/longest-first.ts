import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, most of it waiting, the longest first. */
const LONG = [
  'actions/scenarios/replace-crash',
  'e2e/run',
  'actions/scenarios/outage',
  'actions/scenarios/ecs-outage',
  'view/browser',
  'cli/run-trouble',
  'cli/query',
  'actions/scenarios/restart-survives',
  'actions/scenarios/drain-replace-replicas',
  'pipeline/queue-faults',
  'actions/replace/sandbox',
  'actions/scenarios/restart-replicas',
  'actions/scenarios/restart',
  'actions/scenarios/api-outage',
  'cli/reconcile',
  'actions/scenarios/storm',
  'cli/sandbox',
  'pipeline/visibility',
  'chaos/chaos'
]

/** Begins with the long files, so that no worker is left alone with one of them at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return place === -1 ? LONG.length : place
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}
