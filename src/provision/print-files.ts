import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AuditError, errorMessage } from '../lib/errors.ts'
import type { Resource, ResourceKind } from './resource.ts'

const FOLDERS: Readonly<Record<Exclude<ResourceKind, 'logstore' | 'index'>, string>> = {
  'saved search': 'saved-searches',
  dashboard: 'dashboards',
  alert: 'alerts'
}

/**
 * Writes what setup would make as files, each the body of the create operation: for people who import by hand.
 *
 * @returns the files, relative to the folder
 * @throws AuditError `input` when the folder can't be written
 */
export function printFiles(resources: readonly Resource[], folder: string): string[] {
  return resources.map((resource) => {
    const name = fileOf(resource)
    const file = join(folder, name)
    try {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `${JSON.stringify(resource.wanted, null, 2)}\n`)
    } catch (thrown) {
      throw new AuditError('input', `Cannot write ${file}: ${errorMessage(thrown)}. Name another folder.`, {
        cause: thrown
      })
    }
    return name
  })
}

function fileOf({ kind, name }: Resource): string {
  return kind === 'logstore' || kind === 'index' ? `${kind}.json` : join(FOLDERS[kind], `${name}.json`)
}
