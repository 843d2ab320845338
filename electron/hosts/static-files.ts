import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.ico': 'image/x-icon',
}

export interface StaticFile {
  readonly type: string
  readonly body: Buffer
  /** The name carries a hash of the content, so it may be kept for ever. */
  readonly immutable: boolean
}

/** Returns the file path that a URL's path names, or undefined unless it has plain names only: no `..`, no hidden files. */
export function staticPath(pathname: string): string | undefined {
  if (pathname === '/') return 'index.html'
  const match = /^\/((?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*)$/.exec(pathname)
  return match && !match[1]!.includes('..') ? match[1] : undefined
}

/** A file of the interface, or undefined. */
export async function readStatic(folder: string, pathname: string): Promise<StaticFile | undefined> {
  const path = staticPath(pathname)
  const type = path && types[extname(path)]
  if (!path || !type) return undefined
  const body = await readFile(join(folder, path)).catch(() => undefined)
  return body && { type, body, immutable: path.startsWith('assets/') }
}
