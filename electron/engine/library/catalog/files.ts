import { sep } from 'node:path'
import type { ErrorCode } from '../../../shared/errors.ts'
import type { FileId, PhotoId } from '../../../shared/ids.ts'
import { pairKey } from '../pair-key.ts'
import { pathFromBytes, pathToBytes, type FilePath } from '../paths.ts'
import type { FileDate, FileStamp } from '../rows.ts'
import type { Database } from './database.ts'

export type FileState = 'present' | 'missing' | 'failed' | 'ignored'

export interface FileRow extends FileStamp {
  readonly id: FileId
  readonly path: FilePath
  readonly state: FileState
  readonly photoId: PhotoId | null
  /** The photo that was there until the file could not be read. */
  readonly heldPhotoId: PhotoId | null
  readonly pipeline: number
  /** The photo that it is a part of (parts.ts). */
  readonly partOf: PhotoId | null
  readonly failureCode: ErrorCode | null
  readonly failureMessage: string | null
}

type StoredRow = Omit<FileRow, 'path'> & { readonly path: Buffer }

const columns = `id, path, state, photo_id AS photoId, held_photo_id AS heldPhotoId, size,
                 modified_ms AS modifiedMs, changed_ms AS changedMs, pipeline, part_of AS partOf,
                 failure_code AS failureCode, failure_message AS failureMessage`

/** SQL: a file that shows a photo by itself: it is there, and no part of another. */
export const showsPhoto = `state = 'present' AND part_of IS NULL`

/** What was found at a path. */
export type FileOutcome =
  | { readonly state: 'present'; readonly photoId: PhotoId }
  | { readonly state: 'ignored' }
  | { readonly state: 'failed'; readonly code: ErrorCode; readonly message: string }

/** Files: every path that an import has seen, with what it found there. */
export class Files {
  readonly #db: Database
  readonly #below
  readonly #byPath
  readonly #ofPhoto
  readonly #firstPathOf
  readonly #isShown
  readonly #record
  readonly #markMissing
  readonly #delete
  readonly #respell
  readonly #failed
  readonly #present
  readonly #countPhotosBelow
  readonly #countFailed
  readonly #undated
  readonly #setDate

  constructor(db: Database) {
    this.#db = db
    this.#below = db.prepare<[Buffer, Buffer, Buffer], StoredRow>(
      `SELECT ${columns} FROM file WHERE path = ? OR (path > ? AND path < ?)`,
    )
    this.#byPath = db.prepare<[Buffer], StoredRow>(`SELECT ${columns} FROM file WHERE path = ?`)
    this.#ofPhoto = db.prepare<[PhotoId, FileState], StoredRow>(
      `SELECT ${columns} FROM file WHERE photo_id = ? AND state = ? ORDER BY path`,
    )
    this.#firstPathOf = db
      .prepare<[PhotoId], Buffer>(
        `SELECT path FROM file WHERE photo_id = ? AND state = 'present' ORDER BY part_of IS NOT NULL, path LIMIT 1`,
      )
      .pluck()
    this.#isShown = db
      .prepare<[PhotoId], number>(`SELECT 1 FROM file WHERE photo_id = ? AND ${showsPhoto} LIMIT 1`)
      .pluck()
    this.#record = db.prepare<Record<string, unknown>>(
      `INSERT INTO file (path, state, photo_id, size, modified_ms, changed_ms, pipeline, failures, failure_code,
                         failure_message, dated_ms, dated_from, dated_precision, pair_key)
       VALUES (@path, @state, @photoId, @size, @modifiedMs, @changedMs, @pipeline, @failures, @code, @message,
               @millis, @from, @precision, @pairKey)
       ON CONFLICT (path) DO UPDATE SET
         state = @state, photo_id = @photoId, size = @size, modified_ms = @modifiedMs, changed_ms = @changedMs,
         pipeline = @pipeline, failures = iif(@failures, failures + 1, 0), failure_code = @code,
         failure_message = @message, dated_ms = @millis, dated_from = @from, dated_precision = @precision,
         held_photo_id = iif(@photoId IS NULL AND state <> 'missing', coalesce(photo_id, held_photo_id), NULL),
         pair_key = @pairKey`,
    )
    this.#markMissing = db.prepare<[FileId]>(
      `UPDATE file SET state = 'missing', photo_id = coalesce(photo_id, held_photo_id), held_photo_id = NULL,
              failures = 0, failure_code = NULL, failure_message = NULL
       WHERE id = ? AND (state = 'present' OR held_photo_id IS NOT NULL)`,
    )
    this.#delete = db.prepare<[FileId]>(`DELETE FROM file WHERE id = ?`)
    // A row that has the other path already tells of the same file.
    this.#respell = db.prepare<[Buffer, number, Buffer, Buffer]>(
      `UPDATE OR REPLACE file SET path = CAST(? || substr(path, ?) AS BLOB), pair_key = NULL
       WHERE path > ? AND path < ?`,
    )
    this.#failed = db.prepare<[], StoredRow>(
      `SELECT ${columns} FROM file WHERE state = 'failed' ORDER BY path`,
    )
    this.#countPhotosBelow = db
      .prepare<[Buffer, Buffer], number>(
        `SELECT count(DISTINCT photo_id) FROM file WHERE path > ? AND path < ? AND ${showsPhoto}`,
      )
      .pluck()
    this.#undated = db.prepare<[number], StoredRow>(
      `SELECT ${columns} FROM file WHERE dated_ms IS NULL AND state IN ('present', 'missing') LIMIT ?`,
    )
    this.#setDate = db.prepare<FileDate & { readonly id: FileId }>(
      `UPDATE file SET dated_ms = @millis, dated_from = @from, dated_precision = @precision WHERE id = @id`,
    )
    this.#countFailed = db.prepare<[], number>(`SELECT count(*) FROM file WHERE state = 'failed'`).pluck()
    this.#present = db.prepare<[], StoredRow>(
      `SELECT ${columns} FROM file WHERE state = 'present' ORDER BY path`,
    )
  }

  /** All rows of a folder and below it. */
  below(folder: FilePath): FileRow[] {
    const [self, from, to] = [pathToBytes(folder), ...rangeBelow(folder)]
    return this.#below.all(self, from, to).map(toRow)
  }

  /** All rows whose paths begin with these characters. */
  startingWith(prefix: FilePath): FileRow[] {
    const from = pathToBytes(prefix)
    // No byte of UTF-8 comes after it.
    return this.#below.all(from, from, Buffer.concat([from, Buffer.of(0xff)])).map(toRow)
  }

  byPath(path: FilePath): FileRow | undefined {
    const row = this.#byPath.get(pathToBytes(path))
    return row && toRow(row)
  }

  /** Paths at which the photo is, in the order of their bytes. */
  presentOf(photo: PhotoId): FileRow[] {
    return this.#ofPhoto.all(photo, 'present').map(toRow)
  }

  /** The first of the paths at which the photo is, of those where it is no part before others. */
  pathOf(photo: PhotoId): FilePath | undefined {
    const path = this.#firstPathOf.get(photo)
    return path && pathFromBytes(path)
  }

  /** Whether the photo is shown by itself: one of its files is there and no part of another photo. */
  isShown(photo: PhotoId): boolean {
    return this.#isShown.get(photo) !== undefined
  }

  missingOf(photo: PhotoId): FileRow[] {
    return this.#ofPhoto.all(photo, 'missing').map(toRow)
  }

  /** @param date for a photo that has none of its own */
  record(
    path: FilePath,
    stamp: FileStamp,
    outcome: FileOutcome,
    pipeline: number,
    date: FileDate | null = null,
  ): void {
    const failed = outcome.state === 'failed'
    this.#record.run({
      path: pathToBytes(path),
      ...stamp,
      state: outcome.state,
      photoId: outcome.state === 'present' ? outcome.photoId : null,
      pipeline,
      failures: failed ? 1 : 0,
      code: failed ? outcome.code : null,
      message: failed ? outcome.message : null,
      ...(date ?? { millis: null, from: null, precision: null }),
      pairKey: outcome.state === 'present' ? pairKey(path) : null,
    })
  }

  /** Keeps the row of a file that is gone for the photo that was there; returns false where there was none. */
  markMissing(id: FileId): boolean {
    return this.#markMissing.run(id).changes > 0
  }

  forget(id: FileId): void {
    this.#delete.run(id)
  }

  /** Gives the files below a folder the paths that they have under another spelling of it. */
  respell(from: FilePath, to: FilePath): void {
    const [first, last] = rangeBelow(from)
    const [prefix] = rangeBelow(to)
    this.#respell.run(prefix, first.length + 1, first, last)
  }

  failed(): FileRow[] {
    return this.#failed.all().map(toRow)
  }

  countPhotosBelow(folder: FilePath): number {
    return this.#countPhotosBelow.get(...rangeBelow(folder))!
  }

  /** Photos of which all files lie below these folders. */
  photosOnlyBelow(folders: readonly FilePath[]): PhotoId[] {
    if (folders.length === 0) return []
    const inside = folders.map(() => '(path > ? AND path < ?)').join(' OR ')
    return this.#db
      .prepare<Buffer[], PhotoId>(
        `SELECT photo_id FROM file WHERE photo_id IS NOT NULL AND state = 'present'
         GROUP BY photo_id HAVING min(${inside}) = 1`,
      )
      .pluck()
      .all(...folders.flatMap(rangeBelow))
  }

  /** Files of photos, recorded by an earlier version, of which no date is kept; so many at most. */
  undated(most: number): FileRow[] {
    return this.#undated.all(most).map(toRow)
  }

  setDate(id: FileId, date: FileDate): void {
    this.#setDate.run({ id, ...date })
  }

  countFailed(): number {
    return this.#countFailed.get()!
  }

  present(): FileRow[] {
    return this.#present.all().map(toRow)
  }
}

function toRow(row: StoredRow): FileRow {
  return { ...row, path: pathFromBytes(row.path) }
}

/** Bounds, both excluded, of the paths below a folder: the separator, and the byte after it. */
export function rangeBelow(folder: FilePath): [Buffer, Buffer] {
  const prefix = folder.endsWith(sep) ? folder.slice(0, -sep.length) : folder
  const next = String.fromCharCode(sep.charCodeAt(0) + 1)
  return [pathToBytes(prefix + sep), pathToBytes(prefix + next)]
}
