/** @file Photos that are parts of others: which files, of what, and what shows them. */
import type { PartRole } from '../../../shared/contract.ts'
import type { FileId, PhotoId } from '../../../shared/ids.ts'
import { pathFromBytes, type FilePath } from '../paths.ts'
import type { Precision } from '../rows.ts'
import type { Database } from './database.ts'

/** A file with what tells whether it belongs to another. */
export interface PairCandidate {
  readonly file: FileId
  readonly path: FilePath
  readonly photo: PhotoId
  readonly format: string
  /** Seconds of a video, -1 where it does not say it; null for a photo. */
  readonly duration: number | null
  /** Milliseconds of the wall clock as if it were UTC. */
  readonly takenAt: number | null
  readonly takenPrecision: Precision | null
}

/** What a file can be to a photo; the film of a motion photo is no file of its own. */
export type FileRole = Exclude<PartRole, 'motion'>

/** What a file is: a part of a photo. */
export interface Part {
  readonly of: PhotoId
  readonly role: FileRole
}

export interface PairRow extends PairCandidate {
  readonly isPresent: boolean
  readonly part: Part | null
}

/** A part as its photo shows it. */
export interface PartFile {
  readonly id: PhotoId
  readonly role: FileRole
  readonly path: FilePath
  readonly format: string
}

/** How the grid counts the roles of a photo's parts: a bit each. */
export const partBits = { raw: 1, video: 2, original: 4, motion: 8 } as const satisfies Record<
  PartRole,
  number
>

interface StoredPair extends PairCandidate {
  readonly pathBytes: Buffer
  readonly state: string
  readonly partOf: PhotoId | null
  readonly role: FileRole | null
}

/** Files of one folder and stem that are looked at, at most: there are so many endings. */
const MOST_OF_A_STEM = 100

/**
 * A photo is its content, a part is a file: the same content elsewhere may stand alone. So a photo is hidden where each of
 * its files is a part, and no part of a part exists: what a file is a part of has a file that is none.
 */
export class Parts {
  readonly #withKey
  readonly #set
  readonly #setKey
  readonly #unpaired
  readonly #partsOf
  readonly #mainOf
  readonly #pathsOf
  readonly #roles

  constructor(db: Database) {
    this.#withKey = db.prepare<[number, number], StoredPair>(
      `SELECT file.id AS file, path AS pathBytes, state, photo_id AS photo, part_of AS partOf, part_role AS role, format,
              duration_seconds AS duration, taken_at AS takenAt, taken_precision AS takenPrecision
       FROM file JOIN photo ON photo.id = photo_id WHERE pair_key = ? ORDER BY path LIMIT ?`,
    )
    this.#set = db.prepare<[PhotoId | null, FileRole | null, FileId]>(
      'UPDATE file SET part_of = ?, part_role = ? WHERE id = ?',
    )
    this.#setKey = db.prepare<[number, FileId]>('UPDATE file SET pair_key = ? WHERE id = ?')
    this.#unpaired = db.prepare<[number], { readonly id: FileId; readonly path: Buffer }>(
      `SELECT id, path FROM file WHERE pair_key IS NULL AND state IN ('present', 'missing') LIMIT ?`,
    )
    this.#partsOf = db.prepare<[PhotoId], Omit<PartFile, 'path'> & { readonly path: Buffer }>(
      `SELECT photo_id AS id, part_role AS role, path, format FROM file JOIN photo ON photo.id = photo_id
       WHERE part_of = ? AND state = 'present' ORDER BY path`,
    )
    // NULL comes first: a file by which the photo is shown.
    this.#mainOf = db
      .prepare<[PhotoId], PhotoId | null>(
        `SELECT part_of FROM file WHERE photo_id = ? AND state = 'present' ORDER BY part_of IS NOT NULL, path LIMIT 1`,
      )
      .pluck()
    this.#pathsOf = db
      .prepare<[PhotoId], Buffer>(
        `SELECT path FROM file WHERE photo_id = ? AND state IN ('present', 'missing')`,
      )
      .pluck()
    this.#roles = db.prepare<[], Part>(
      `SELECT DISTINCT part_of AS "of", part_role AS role FROM file WHERE part_of IS NOT NULL AND state = 'present'`,
    )
  }

  /** Files that have a pair key, some of them by chance, in the order of their paths. */
  withKey(key: number): PairRow[] {
    return this.#withKey.all(key, MOST_OF_A_STEM).map(({ pathBytes, state, partOf, role, ...row }) => ({
      ...row,
      path: pathFromBytes(pathBytes),
      isPresent: state === 'present',
      part: partOf === null || role === null ? null : { of: partOf, role },
    }))
  }

  set(file: FileId, part: Part | null): void {
    this.#set.run(part?.of ?? null, part?.role ?? null, file)
  }

  /** Files, recorded by an earlier version, of which no pair key is kept; so many at most. */
  unpaired(most: number): { readonly id: FileId; readonly path: FilePath }[] {
    return this.#unpaired.all(most).map(({ id, path }) => ({ id, path: pathFromBytes(path) }))
  }

  setKey(file: FileId, key: number): void {
    this.#setKey.run(key, file)
  }

  /** The parts of a photo that are there, each once. */
  partsOf(photo: PhotoId): PartFile[] {
    const parts = new Map<string, PartFile>()
    for (const part of this.#partsOf.all(photo)) {
      const key = `${part.id} ${part.role}`
      if (!parts.has(key)) parts.set(key, { ...part, path: pathFromBytes(part.path) })
    }
    return [...parts.values()]
  }

  /** Photos that are nothing but parts of this one. */
  hiddenBehind(photo: PhotoId): PhotoId[] {
    return [...new Set(this.partsOf(photo).map(({ id }) => id))].filter(id => this.mainOf(id) === photo)
  }

  /** The photo that shows this one: that of which it is a part, or itself. */
  mainOf(photo: PhotoId): PhotoId {
    return this.#mainOf.get(photo) ?? photo
  }

  /** Photos that have parts, with the roles of these as bits. */
  roles(): Map<PhotoId, number> {
    const roles = new Map<PhotoId, number>()
    for (const { of, role } of this.#roles.iterate()) roles.set(of, (roles.get(of) ?? 0) | partBits[role])
    return roles
  }

  /** All paths of a photo. */
  pathsOf(photo: PhotoId): FilePath[] {
    return this.#pathsOf.all(photo).map(pathFromBytes)
  }
}
