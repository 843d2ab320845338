import { dirname } from 'node:path'
import type { ImportBatch } from '../../../shared/contract.ts'
import { isBelow, pathFromBytes, type FilePath } from '../paths.ts'
import type { Database } from './database.ts'
import { showsPhoto } from './files.ts'

/** What no job on record has brought, such as changes in watched folders, belongs together up to this pause. */
const PAUSE_MILLIS = 30 * 60 * 1000

type AddedPhoto = [id: number, addedAt: number, path: Buffer]

interface ImportJob {
  readonly id: number
  readonly from: number
  /** Null while it runs. */
  readonly to: number | null
}

interface Batch {
  readonly job: number | undefined
  at: number
  readonly ids: number[]
  /** For each folder of the library, the innermost folder that holds all photos of the batch below it. */
  readonly folders: Map<FilePath, FilePath>
}

/** Tells which photos came together: with one import job, or without a long pause between them. */
export class RecentImports {
  readonly #added
  readonly #jobs

  constructor(db: Database) {
    this.#added = db
      .prepare<[], AddedPhoto>(
        `SELECT photo.id, added_at, path FROM photo CROSS JOIN file ON file.photo_id = photo.id
         WHERE ${showsPhoto} ORDER BY photo.id DESC`,
      )
      .raw()
    this.#jobs = db.prepare<[], ImportJob>(
      `SELECT id, created_at AS "from", CASE state WHEN 'running' THEN NULL ELSE updated_at END AS "to"
       FROM job WHERE kind IN ('import', 'albums') ORDER BY id DESC`,
    )
  }

  /**
   * The latest imports that have brought photos that can be reached, the newest first: whole ones, until they hold so
   * many photos.
   * @param roots the folders of the library
   */
  read(roots: readonly FilePath[], atLeast: number): ImportBatch[] {
    const jobs = this.#jobs.all()
    const batches: Batch[] = []
    let photos = 0
    let last: number | undefined
    for (const [id, addedAt, bytes] of this.#added.iterate()) {
      // A photo with several files comes several times.
      if (id === last) continue
      last = id
      const job = jobs.find(({ from, to }) => from <= addedAt && (to === null || addedAt <= to))?.id
      let batch = batches.find(known => belongs(known, job, addedAt))
      if (!batch) {
        if (photos >= atLeast) break
        batches.push((batch = { job, at: addedAt, ids: [], folders: new Map() }))
      }
      photos++
      batch.ids.push(id)
      batch.at = Math.min(batch.at, addedAt)
      noteFolder(batch, roots, dirname(pathFromBytes(bytes)))
    }
    return batches
      .sort((a, b) => b.at - a.at)
      .map(({ at, ids, folders }) => ({ at, ids, folders: [...folders.values()] }))
  }
}

const belongs = (batch: Batch, job: number | undefined, addedAt: number): boolean =>
  batch.job === job && (job !== undefined || Math.abs(batch.at - addedAt) <= PAUSE_MILLIS)

function noteFolder({ folders }: Batch, roots: readonly FilePath[], folder: FilePath): void {
  const root = roots.find(each => isBelow(folder, each))
  if (root === undefined) return
  let common = folders.get(root) ?? folder
  while (!isBelow(folder, common)) common = dirname(common)
  folders.set(root, common)
}
