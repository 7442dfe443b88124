import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { permissionOf } from '../../../src/provision/permission.ts'
import { PERMISSIONS } from '../../../src/provision/permissions/permission-table.ts'

const SRC = fileURLToPath(new URL('../../../src', import.meta.url))
const LISTED = new Set(PERMISSIONS.flatMap(({ actions }) => actions))
/** Operations that RAM knows by another name (its action list of Simple Log Service). */
const NAMED_OTHERWISE: Readonly<Record<string, string>> = {
  PutLogs: 'PostLogStoreLogs',
  GetLogsV2: 'GetLogStoreLogs'
}
const OPERATION =
  /'((?:Describe|Start|Run|Tag|Set|Add|Remove|List|Update|Get|Put|Lookup|Create|Delete)[A-Z][A-Za-z0-9]+)'/g

/** The names of operations that the code of a folder writes down, but for those of the SDK's models. */
function operationsIn(folder: string): string[] {
  const files = readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
  const code = files.filter((file) => file.endsWith('.ts') && !file.startsWith('permissions/'))
  const text = code.map((file) => readFileSync(join(SRC, folder, file), 'utf8')).join('\n')
  const names = [...text.matchAll(OPERATION)].map(([, name = '']) => name)
  return [...new Set(names)].filter((name) => !name.endsWith('Request'))
}

/** Products that have an action of that name in the table. */
function productsOf(operation: string): string[] {
  return [...LISTED].filter((action) => action.endsWith(`:${operation}`)).map((action) => action.split(':')[0] ?? '')
}

describe('the table of permissions', () => {
  test('knows every call of the control plane that the code makes', () => {
    const operations = operationsIn('cloud')
    expect(operations.length).toBeGreaterThan(20)
    expect(operations.filter((operation) => productsOf(operation).length === 0)).toEqual([])
  })

  test('knows every operation of the logstore that the code makes', () => {
    const operations = [...operationsIn('logstore'), ...operationsIn('provision')]
    expect(operations).toEqual(expect.arrayContaining(['PutLogs', 'GetLogsV2', 'CreateIndex', 'GetLogStore']))
    const names = operations.map((name) => NAMED_OTHERWISE[name] ?? name)
    expect(names.filter((name) => !productsOf(name).includes('log'))).toEqual([])
  })

  test('lists nothing that the code never calls', () => {
    const called = new Set(['cloud', 'logstore', 'provision'].flatMap(operationsIn))
    const written = readFileSync(join(SRC, 'provision/named-resource.ts'), 'utf8')
    const unused = [...LISTED].filter((action) => {
      const [product = '', name = ''] = action.split(':')
      if (product === 'mns' || action === 'ram:PassRole') return false
      const own = Object.entries(NAMED_OTHERWISE).find(([, other]) => other === name)?.[0] ?? name
      // Saved searches, dashboards and alerts are called by a name that is put together.
      return !called.has(own) && !/(SavedSearch|Dashboard|Alert)$/.test(own)
    })
    expect(unused).toEqual([])
    expect(written).toMatch(/`Create\$\{/)
  })

  test.each([
    ['GetIndex', 'acs:log:r:*:project/p/logstore/x'],
    ['CreateProject', 'acs:log:r:*:project/p'],
    ['UpdateSavedSearch', 'acs:log:r:*:project/p/savedsearch/x'],
    ['GetDashboard', 'acs:log:r:*:project/p/dashboard/x'],
    ['CreateDashboard', '*'],
    ['CreateAlert', '*']
  ])('%s needs a permission on %s', (operation, resource) => {
    expect(permissionOf(operation, 'x', { region: 'r', project: 'p' })).toEqual({
      action: `log:${operation}`,
      resource
    })
  })
})
