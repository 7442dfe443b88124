import { backlogPart } from './backlog.ts'
import { growthPart } from './growth.ts'
import { idlePart } from './idle.ts'
import { latencyPart } from './latency.ts'
import { memoryPart } from './memory.ts'
import type { Part } from './part.ts'
import { profilePart } from './profile.ts'
import { ratiosPart } from './ratios.ts'
import { sandboxPart } from './sandbox.ts'
import { slowLogstorePart } from './slow-logstore.ts'
import { startPart } from './start.ts'

/** Every part, in the order in which they run. */
export const PARTS: readonly Part[] = [
  ratiosPart,
  slowLogstorePart,
  latencyPart,
  backlogPart,
  startPart,
  memoryPart,
  idlePart,
  growthPart,
  sandboxPart,
  profilePart
]
