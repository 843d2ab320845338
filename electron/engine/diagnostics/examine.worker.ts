/** @file The thread that reads a whole catalog and looks at every file of a library: too slow for the engine's thread. */
import Database from 'better-sqlite3'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BackboneId, PhotoId } from '../../shared/ids.ts'
import type { Problem } from '../../shared/results.ts'
import { allSaid } from '../library/catalog/all-said.ts'
import { Features } from '../library/catalog/features.ts'
import { Files } from '../library/catalog/files.ts'
import { toFloat32 } from '../library/catalog/float16.ts'
import { Photos, type PhotoRow } from '../library/catalog/photos.ts'
import { countDifferences } from '../library/journal/differences.ts'
import { fsPath } from '../library/paths.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'
import { serveWorker, Transferred } from '../runtime/threads/rpc.ts'

/** Photos that have a file, and their content: one buffer each, because many small ones take long to receive. */
export interface PresentPhotos {
  readonly ids: Uint32Array<ArrayBuffer>
  /** 32 bytes of each. */
  readonly hashes: Uint8Array<ArrayBuffer>
}

let db: Database.Database

const api = {
  open(catalogFile: string): void {
    db = new Database(catalogFile, { readonly: true })
  },

  checkDatabase(): Problem[] {
    const answers = db.pragma('integrity_check', { simple: false }) as { integrity_check: string }[]
    const damages = answers.map(answer => answer.integrity_check).filter(message => message !== 'ok')
    const orphans = db.pragma('foreign_key_check') as { table: string }[]
    return [
      ...damages.map(message => ({ code: 'catalog-damaged', message, repaired: false })),
      ...orphans.map(({ table }) => ({
        code: 'catalog-orphan',
        message: `A row of ${table} refers to nothing.`,
        repaired: false,
      })),
    ]
  },

  /** How many labels differ between the catalog and its journal. */
  labelDifferences(journal: string): number {
    return countDifferences(journal, () => allSaid(db))
  },

  presentPhotos(): Transferred<PresentPhotos> {
    const photos = presentPhotos()
    const ids = Uint32Array.from(photos, ({ id }) => id)
    const hashes = new Uint8Array(Buffer.concat(photos.map(({ contentHash }) => contentHash)))
    return new Transferred({ ids, hashes }, [ids.buffer, hashes.buffer])
  },

  /** The photos whose features are missing or damaged, with what is wrong. */
  brokenPhotos(backbone: BackboneId, featureLength: number): Map<PhotoId, string> {
    const features = new Features(db)
    const broken = new Map<PhotoId, string>()
    for (const { id, standIn } of presentPhotos()) {
      if (standIn) continue
      const stored = features.get(backbone, id, PIPELINE_VERSION)
      const values = stored && toFloat32(stored)
      if (!values) broken.set(id, `Photo ${id} has no features.`)
      else if (values.length !== featureLength || !values.every(Number.isFinite))
        broken.set(id, `The features of photo ${id} are damaged.`)
    }
    return broken
  },

  searchableIds(backbone: BackboneId): PhotoId[] {
    return new Features(db).searchableIds(backbone, PIPELINE_VERSION)
  },

  /** How many files have gone or changed since they were imported. */
  compareFiles(): { readonly gone: number; readonly changed: number } {
    let [gone, changed] = [0, 0]
    for (const row of new Files(db).present()) {
      try {
        const { size, mtimeMs } = statSync(fsPath(row.path))
        if (size !== row.size || mtimeMs !== row.modifiedMs) changed++
      } catch {
        gone++
      }
    }
    return { gone, changed }
  },

  folderBytes(folder: string): number {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry =>
      entry.isFile(),
    )
    const sizes = files.map(entry => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false }))
    return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0)
  },
}

function presentPhotos(): PhotoRow[] {
  const files = new Files(db)
  return new Photos(db).all().filter(({ id }) => files.pathOf(id) !== undefined)
}

export type ExamineWorkerApi = typeof api

serveWorker(api)
