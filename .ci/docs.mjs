// Brings the generated parts of the documentation up to date: the tables between `<!-- begin NAME -->` and
// `<!-- end NAME -->`, and dashboards/index.json. `npm run docs`, after a build; a test fails when they are not.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { COMMANDS } from '../dist/cli/commands.js'
import { indexFile, referenceTables, withTables } from '../dist/cli/reference.js'

const root = new URL('../', import.meta.url)
const tables = referenceTables(COMMANDS)
const documents = ['README.md', ...markdown(new URL('docs', root)).map((name) => `docs/${name}`)]
for (const name of documents) {
  const file = new URL(name, root)
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), tables))
}
writeFileSync(new URL('dashboards/index.json', root), indexFile())

function markdown(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.md'))
}
