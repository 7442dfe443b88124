// Brings the generated parts of the documentation up to date: the tables between `<!-- begin NAME -->` and
// `<!-- end NAME -->`, dashboards/index.json and the dashboards. `npm run docs`, after a build; tests fail when they
// are not.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadCatalogue } from '../dist/audit/catalogue.js'
import { loadCommands } from '../dist/cli/load-command.js'
import { indexFile, referenceTables, withTables } from '../dist/cli/reference.js'
import { dashboardFiles } from '../dist/provision/dashboards/dashboard-files.js'

const root = new URL('../', import.meta.url)
const tables = referenceTables(await loadCommands())
const documents = ['README.md', ...markdown(new URL('docs', root)).map((name) => `docs/${name}`)]
for (const name of documents) {
  const file = new URL(name, root)
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), tables))
}
writeFileSync(new URL('dashboards/index.json', root), indexFile())
for (const [path, content] of dashboardFiles(loadCatalogue())) {
  writeFileSync(new URL(path, new URL('dashboards/', root)), content)
}

function markdown(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.md'))
}
