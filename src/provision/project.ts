import type { CallOutcome } from '../logstore/sls-client.ts'
import { type Administration, isPassing } from './administration.ts'

const MAX_TRIES = 5

/** Makes the project that the client is for. One that is there already is as good. */
export async function createProject(administration: Administration, project: string): Promise<CallOutcome> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await administration.call({
      operation: 'CreateProject',
      method: 'POST',
      path: '/',
      body: { projectName: project, description: 'ecs-audit: the life of every ECS instance' },
      answer: 'none'
    })
    if (outcome.kind === 'ok' || !isPassing(outcome.fault) || attempt === MAX_TRIES - 1) return outcome
    await administration.pause(attempt)
  }
}
