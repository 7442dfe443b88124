import { type Chance, weightedChoice } from './chance.ts'
import {
  diskConvertedToPostpaid,
  diskOperation,
  diskReleasedForDebt,
  diskTrouble,
  snapshotTaken
} from './disk-incidents.ts'
import type { Incident } from './incident.ts'
import { assistantTask, burstableRestricted, liveMigration, performanceModeChange } from './instance-incidents.ts'
import {
  billing,
  inquiredMaintenance,
  pastFailure,
  performanceImpact,
  plannedMaintenance
} from './maintenance-incidents.ts'
import { networkInterfaceOperated, privateIpAssigned, vSwitchChanged } from './network-incidents.ts'

const INCIDENTS = {
  snapshotTaken: { weight: 22, incident: snapshotTaken },
  diskOperation: { weight: 16, incident: diskOperation },
  assistantTask: { weight: 12, incident: assistantTask },
  plannedMaintenance: { weight: 10, incident: plannedMaintenance },
  networkInterfaceOperated: { weight: 8, incident: networkInterfaceOperated },
  burstableRestricted: { weight: 7, incident: burstableRestricted },
  privateIpAssigned: { weight: 5, incident: privateIpAssigned },
  diskTrouble: { weight: 4, incident: diskTrouble },
  performanceModeChange: { weight: 3, incident: performanceModeChange },
  performanceImpact: { weight: 3, incident: performanceImpact },
  liveMigration: { weight: 3, incident: liveMigration },
  inquiredMaintenance: { weight: 2, incident: inquiredMaintenance },
  vSwitchChanged: { weight: 2, incident: vSwitchChanged },
  pastFailure: { weight: 1, incident: pastFailure },
  billing: { weight: 1, incident: billing },
  diskConvertedToPostpaid: { weight: 1, incident: diskConvertedToPostpaid },
  diskReleasedForDebt: { weight: 1, incident: diskReleasedForDebt }
} as const satisfies Record<string, { weight: number; incident: Incident }>

const chooseIncident = weightedChoice<keyof typeof INCIDENTS>({
  ...Object.fromEntries(Object.entries(INCIDENTS).map(([name, { weight }]) => [name, weight]))
})

/** Draws one of the incidents, the common ones more often. */
export function drawIncident(chance: Chance): Incident {
  return INCIDENTS[chooseIncident(chance)].incident
}
