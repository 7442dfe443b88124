import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file that the browser may have. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
  readonly etag: string
  /** What a browser should fetch at once, as a `Link` header (RFC 8288); '' for nothing. */
  readonly link: string
}

const PAGE = fileURLToPath(new URL('./page/', import.meta.url))
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml'
}

/**
 * Every file of the page by its path on the server. All are read once, at the start: whatever a request names, only
 * these can be answered. The chart library comes from its package: nothing is loaded from elsewhere.
 */
export function loadPageFiles(): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>()
  for (const name of readdirSync(PAGE, { recursive: true, encoding: 'utf8' })) {
    const file = pageFile(join(PAGE, name))
    if (file !== undefined) files.set(`/page/${name.split(sep).join('/')}`, file)
  }
  const index = files.get('/page/index.html')
  // Modules name each other in a chain: told all of them at once, a browser need not find them one after the other.
  const modules = [...files.keys()].filter((path) => path.endsWith('.js'))
  const link = modules.map((path) => `<${path}>; rel=modulepreload`).join(', ')
  if (index !== undefined) files.set('/', { ...index, link })
  const chart = pageFile(join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js'))
  if (chart !== undefined) files.set('/vendor/chart.js', chart)
  return files
}

/** Undefined for a file that is not for the browser. */
function pageFile(path: string): PageFile | undefined {
  const type = TYPES[path.split('.').at(-1) ?? '']
  if (type === undefined) return undefined
  const body = readFileSync(path)
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, link: '' }
}
