import { dirname } from 'node:path'
import type { Facets } from '../../../shared/contract.ts'
import { isBelow, pathFromBytes, type FilePath } from '../paths.ts'
import type { Database } from './database.ts'
import { showsPhoto } from './files.ts'
import { dateOf } from './photos.ts'

/** SQL: photos that can be reached. */
const shown = `photo WHERE EXISTS (SELECT 1 FROM file WHERE file.photo_id = photo.id AND ${showsPhoto})`

type Count = Facets['cameras'][number]

/** Counts what photos can be filtered by. In a large library this takes too long for the engine's thread. */
export class FacetQueries {
  readonly #cameras
  readonly #formats
  readonly #taken
  readonly #noAlbum
  readonly #files

  constructor(db: Database) {
    const counts = (column: 'camera' | 'format') =>
      db.prepare<[], Count>(
        `SELECT ${column} AS value, count(*) AS photos FROM ${shown} AND ${column} IS NOT NULL
         GROUP BY ${column} ORDER BY photos DESC, value`,
      )
    this.#cameras = counts('camera')
    this.#formats = counts('format')
    this.#taken = db.prepare<[], { readonly from: number | null; readonly to: number | null }>(
      `SELECT min(date) AS "from", max(date) AS "to" FROM (SELECT ${dateOf('photo')} AS date FROM ${shown})`,
    )
    this.#noAlbum = db
      .prepare<[], number>(
        `SELECT count(*) FROM ${shown}
         AND NOT EXISTS (SELECT 1 FROM album_photo WHERE photo_id = photo.id AND verdict = 'member')`,
      )
      .pluck()
    this.#files = db
      .prepare<[], [number, Buffer]>(
        `SELECT photo_id, path FROM file WHERE photo_id IS NOT NULL AND ${showsPhoto} ORDER BY photo_id`,
      )
      .raw()
  }

  /** @param roots the folders of the library: none above them is counted */
  read(roots: readonly FilePath[]): Facets {
    const { from, to } = this.#taken.get()!
    return {
      cameras: this.#cameras.all(),
      formats: this.#formats.all(),
      folders: this.#folders(roots),
      taken: from === null || to === null ? null : { from, to },
      noAlbum: this.#noAlbum.get()!,
    }
  }

  #folders(roots: readonly FilePath[]): Facets['folders'] {
    const photosOf = new Map<FilePath, number>()
    // A photo with several files counts once in a folder that holds them all.
    let photo = 0
    let holding = new Set<FilePath>()
    const above = foldersAbove(roots)
    const count = (): void => {
      for (const folder of holding) photosOf.set(folder, (photosOf.get(folder) ?? 0) + 1)
      holding = new Set()
    }
    for (const [id, path] of this.#files.iterate()) {
      if (id !== photo) count()
      photo = id
      for (const folder of above(dirname(pathFromBytes(path)))) holding.add(folder)
    }
    count()
    return [...photosOf]
      .map(([path, photos]) => ({ path, photos }))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
  }
}

/** Returns a function that names a folder and those above it, up to the outermost folder of the library. */
function foldersAbove(roots: readonly FilePath[]): (folder: FilePath) => readonly FilePath[] {
  const known = new Map<FilePath, readonly FilePath[]>()
  const chain = (folder: FilePath): readonly FilePath[] => {
    const found = known.get(folder)
    if (found) return found
    const folders = roots.some(root => isBelow(folder, root)) ? [folder] : []
    const parent = dirname(folder)
    if (folders.length > 0 && parent !== folder) folders.push(...chain(parent))
    known.set(folder, folders)
    return folders
  }
  return chain
}
