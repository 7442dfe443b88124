import PQueue from 'p-queue'
import { type Database, sqlText } from '../database.ts'
import { MAX_RESOURCES, type ResourceDocument, type ResourceKind } from './resource-kind.ts'

/** A resource as it is kept. Replaced, never changed, by every update. */
export interface Resource {
  readonly project: string
  readonly kind: ResourceKind['name']
  readonly name: string
  readonly document: ResourceDocument
  /** Alerts can be switched off. */
  readonly enabled: boolean
  readonly createdS: number
  readonly modifiedS: number
}

/** The saved searches, dashboards and alerts of all projects: in memory for reading, in the database to outlive the process. */
export class ResourceStore {
  readonly #database: Database
  readonly #nowS: () => number
  readonly #resources = new Map<string, Resource>()
  /** Changes come one at a time: each starts from what the one before it left. */
  readonly #changes = new PQueue({ concurrency: 1 })

  private constructor(database: Database, nowS: () => number) {
    this.#database = database
    this.#nowS = nowS
  }

  /** Reads what an earlier process left in the database. */
  static async open(database: Database, nowS: () => number): Promise<ResourceStore> {
    const store = new ResourceStore(database, nowS)
    await database.write(async (connection) => {
      await connection.run(
        'create table if not exists store.resources (path VARCHAR not null, definition VARCHAR not null)'
      )
      const stored = await connection.runAndReadAll('select definition from store.resources')
      for (const [text] of stored.getRowsJson()) {
        const resource = JSON.parse(String(text)) as Resource
        store.#resources.set(pathOf(resource), resource)
      }
    })
    return store
  }

  /** In the order of their names. */
  list(project: string, { name: kind }: ResourceKind): Resource[] {
    const all = [...this.#resources.values()].filter((each) => each.project === project && each.kind === kind)
    return all.sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  /** @throws SlsError when there is none */
  get(project: string, kind: ResourceKind, name: string): Resource {
    const found = this.#resources.get(pathOf({ project, kind: kind.name, name }))
    if (found === undefined) throw kind.missing(name)
    return found
  }

  /** @throws SlsError when there is one, or the project is full */
  create(project: string, kind: ResourceKind, name: string, document: ResourceDocument): Promise<void> {
    return this.#changes.add(async () => {
      const path = pathOf({ project, kind: kind.name, name })
      if (this.#resources.has(path)) throw kind.exists(name)
      if (this.list(project, kind).length >= MAX_RESOURCES) throw kind.full()
      const createdS = this.#nowS()
      await this.#save({ project, kind: kind.name, name, document, enabled: true, createdS, modifiedS: createdS })
    })
  }

  /** @throws SlsError when there is none */
  update(
    project: string,
    kind: ResourceKind,
    name: string,
    change: Partial<Pick<Resource, 'document' | 'enabled'>>
  ): Promise<void> {
    return this.#changes.add(() => this.#save({ ...this.get(project, kind, name), ...change, modifiedS: this.#nowS() }))
  }

  /** @throws SlsError when there is none */
  delete(project: string, kind: ResourceKind, name: string): Promise<void> {
    return this.#changes.add(async () => {
      const path = pathOf(this.get(project, kind, name))
      await this.#database.write((connection) => connection.run(deleteSql(path)))
      this.#resources.delete(path)
    })
  }

  async #save(resource: Resource): Promise<void> {
    const path = pathOf(resource)
    await this.#database.write(async (connection) => {
      await connection.run(deleteSql(path))
      const values = `${sqlText(path)}, ${sqlText(JSON.stringify(resource))}`
      await connection.run(`insert into store.resources values (${values})`)
    })
    this.#resources.set(path, resource)
  }
}

/** Names hold no slash: it parts the segments of a request's path. */
function pathOf({ project, kind, name }: Pick<Resource, 'project' | 'kind' | 'name'>): string {
  return `${project}/${kind}/${name}`
}

function deleteSql(path: string): string {
  return `delete from store.resources where path = ${sqlText(path)}`
}
