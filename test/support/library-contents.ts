import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readIndexFile } from './index-contents.ts'

/**
 * The contents of a library in a form that can be compared with another library of the same photos: with content hashes
 * instead of row ids, and without times of changes.
 */
export interface LibraryContents {
  /** All columns of each photo, by the hash of its content. */
  readonly photos: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** All columns of each file, by its path. */
  readonly files: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Hash of the features' bytes, by backbone and photo. */
  readonly features: Readonly<Record<string, string>>
  readonly models: readonly string[]
  /** The index file's photos, sorted, and the kind and dimension in its header. */
  readonly index:
    { readonly kind: string; readonly dimension: number; readonly photos: readonly string[] } | undefined
  /** Hash of each thumbnail, by its path below the folder of thumbnails. */
  readonly thumbnails: Readonly<Record<string, string>>
}

type Row = Record<string, unknown>

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const without = (row: Row, ...columns: string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)))

/** Not read-only: only a connection that may write removes the files of the write-ahead log when it closes. */
export function openCatalog(folder: string): Database.Database {
  const db = new Database(join(folder, 'catalog.db'), { fileMustExist: true })
  db.pragma('query_only = ON')
  return db
}

/** Reads a library that no process has open. */
export function readLibrary(folder: string): LibraryContents {
  const db = openCatalog(folder)
  try {
    const all = (sql: string): Row[] => db.prepare<[], Row>(sql).all()
    const photoRows = all('SELECT * FROM photo')
    const names = new Map(photoRows.map(row => [row.id, (row.content_hash as Buffer).toString('hex')]))
    const nameOf = (id: unknown): string | null =>
      id === null ? null : (names.get(id) ?? `unknown photo ${JSON.stringify(id)}`)
    return {
      photos: Object.fromEntries(
        photoRows.map(row => [
          nameOf(row.id),
          { ...without(row, 'id', 'content_hash', 'added_at'), edited_from: nameOf(row.edited_from) },
        ]),
      ) as LibraryContents['photos'],
      files: Object.fromEntries(
        all('SELECT * FROM file').map(row => [
          (row.path as Buffer).toString('latin1'),
          { ...without(row, 'id', 'path'), photo_id: nameOf(row.photo_id) },
        ]),
      ),
      features: Object.fromEntries(
        all('SELECT f.*, b.name FROM features f JOIN backbone b ON b.id = f.backbone_id').map(row => [
          `${String(row.name)} ${String(row.pipeline)} ${nameOf(row.photo_id)}`,
          hashOf(row.vector as Buffer),
        ]),
      ),
      models: all('SELECT name, dimension FROM head ORDER BY name').map(
        row => `${String(row.name)} ${String(row.dimension)}`,
      ),
      index: indexContents(join(folder, 'index.kindred'), nameOf),
      thumbnails: hashFiles(join(folder, 'thumbnails')),
    }
  } finally {
    db.close()
  }
}

function indexContents(file: string, nameOf: (id: unknown) => string | null): LibraryContents['index'] {
  const stored = readIndexFile(file)
  if (!stored) return undefined
  const { kind, dimension } = stored.header
  return { kind, dimension, photos: Array.from(stored.ids, id => nameOf(id)!).sort() }
}

function hashFiles(folder: string): Record<string, string> {
  return Object.fromEntries(filesBelow(folder).map(path => [path, hashOf(readFileSync(join(folder, path)))]))
}

/** Paths of all files below a folder, relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** Files in a library that belong to no part of it, such as those that a killed process left. */
export function strayFiles(folder: string): string[] {
  const owned =
    /^(catalog\.db|lock\.db|labels\.journal|damaged\/\d+\/catalog\.db(-wal|-shm)?|index\.kindred|backups\/[^/]+\.db|thumbnails\/[0-9a-f]{2}\/[0-9a-f]{64}\.jpg)$/
  return filesBelow(folder).filter(path => !owned.test(path.replaceAll('\\', '/')))
}

/** Photo ids by one of their paths, present files only. */
export function idsByPath(folder: string): Map<string, number> {
  const db = openCatalog(folder)
  try {
    const rows = db.prepare<[], { path: Buffer; id: number }>(
      `SELECT path, photo_id AS id FROM file WHERE state = 'present'`,
    )
    return new Map(rows.all().map(({ path, id }) => [path.toString('utf8'), id]))
  } finally {
    db.close()
  }
}

/** Number of photos in the catalog, missing ones included. */
export function knownPhotos(folder: string): number {
  const db = openCatalog(folder)
  try {
    return db.prepare<[], number>('SELECT count(*) FROM photo').pluck().get()!
  } finally {
    db.close()
  }
}
