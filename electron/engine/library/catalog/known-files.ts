import Database from 'better-sqlite3'
import { sep } from 'node:path'
import { pathFromBytes, pathToBytes, UNDECODABLE, type FilePath } from '../paths.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import { rangeBelow, type FileRow } from './files.ts'

/** A file as the catalog has it: enough to know whether it has changed. */
export type KnownFile = Omit<FileRow, 'partOf' | 'failureMessage'>

const columns = `id, CAST(path AS TEXT) AS path, state, photo_id AS photoId, held_photo_id AS heldPhotoId,
                 size, modified_ms AS modifiedMs,
                 changed_ms AS changedMs, pipeline, failure_code AS failureCode`

/**
 * Every file of the catalog below the folders, by its path. Read through a connection of its own, so that a thread
 * without the catalog can call it.
 */
export const readKnownFiles = (catalogFile: string, folders: readonly FilePath[]): Map<FilePath, KnownFile> =>
  reading(catalogFile, reader => reader.below(folders))

/** Videos of which no frame could be seen because ffmpeg was not there. */
export function readUnseenVideos(catalogFile: string): Set<PhotoId> {
  const db = new Database(catalogFile, { readonly: true })
  try {
    return new Set(db.prepare<[], PhotoId>(`SELECT id FROM photo WHERE stand_in = 'no-ffmpeg'`).pluck().all())
  } finally {
    db.close()
  }
}

/** Photos of which somebody has said something: in an album, refused by one, or not alike. */
export const readLabelled = (catalogFile: string): Set<PhotoId> =>
  reading(catalogFile, reader => reader.labelled())

/** Places at which drives with photos were mounted. */
export const readMountPoints = (catalogFile: string): FilePath[] =>
  reading(catalogFile, reader => reader.mountPoints())

/** The catalog as a thread reads it that compares folders with it. */
export class KnownFiles {
  readonly #db: Database.Database
  readonly #below
  readonly #byPath
  readonly #after
  readonly #bytesOf

  constructor(catalogFile: string) {
    this.#db = new Database(catalogFile, { readonly: true })
    this.#below = this.#db.prepare<[Buffer, Buffer, Buffer], KnownFile>(
      `SELECT ${columns} FROM file WHERE path = ? OR (path > ? AND path < ?)`,
    )
    this.#byPath = this.#db.prepare<[Buffer], KnownFile>(`SELECT ${columns} FROM file WHERE path = ?`)
    this.#after = this.#db.prepare<[Buffer, Buffer], KnownFile>(
      `SELECT ${columns} FROM file WHERE path >= ? AND path < ? ORDER BY path LIMIT 1000`,
    )
    this.#bytesOf = this.#db.prepare<[number], Buffer>('SELECT path FROM file WHERE id = ?').pluck()
  }

  /** Every file in the folders and below them. */
  below(folders: readonly FilePath[]): Map<FilePath, KnownFile> {
    const known = new Map<FilePath, KnownFile>()
    for (const folder of folders)
      for (const row of this.#below
        .all(pathToBytes(folder), ...rangeBelow(folder))
        .map(row => this.#exact(row)))
        known.set(row.path, row)
    return known
  }

  /**
   * The same without what lies in some of the folders inside, which are passed over rather than read: a folder with a
   * hundred thousand files below it is compared in a moment.
   * @param skips whether a folder directly inside is passed over
   */
  outsideOf(folder: FilePath, skips: (inside: FilePath) => boolean): Map<FilePath, KnownFile> {
    const known = new Map<FilePath, KnownFile>()
    const [first, to] = rangeBelow(folder)
    const prefix = pathFromBytes(first).length
    let from = first
    for (let rows = this.#after.all(from, to); rows.length > 0; rows = this.#after.all(from, to))
      for (const row of rows.map(row => this.#exact(row))) {
        const end = row.path.indexOf(sep, prefix)
        const inside = row.path.slice(0, end)
        if (end >= 0 && skips(inside)) {
          ;[, from] = rangeBelow(inside)
          break
        }
        known.set(row.path, row)
        // The path that follows directly.
        from = Buffer.concat([pathToBytes(row.path), Buffer.of(0)])
      }
    return known
  }

  byPath(path: FilePath): KnownFile | undefined {
    const row = this.#byPath.get(pathToBytes(path))
    return row && { ...row, path }
  }

  labelled(): Set<PhotoId> {
    const labelled = this.#db.prepare<[], PhotoId>(
      `SELECT photo_id FROM album_photo UNION SELECT anchor_id FROM not_like UNION SELECT negative_id FROM not_like`,
    )
    return new Set(labelled.pluck().all())
  }

  mountPoints(): FilePath[] {
    return this.#db.prepare<[], Buffer>('SELECT path FROM mount_point').pluck().all().map(pathFromBytes)
  }

  close(): void {
    this.#db.close()
  }

  /** Paths are read as text, four times as fast as bytes; the few that are no text are read again. */
  #exact(row: KnownFile): KnownFile {
    if (!row.path.includes(UNDECODABLE)) return row
    return { ...row, path: pathFromBytes(this.#bytesOf.get(row.id)!) }
  }
}

function reading<T>(catalogFile: string, read: (reader: KnownFiles) => T): T {
  const reader = new KnownFiles(catalogFile)
  try {
    return read(reader)
  } finally {
    reader.close()
  }
}
