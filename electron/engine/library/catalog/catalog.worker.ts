/** @file The thread that reads whole tables, through a connection of its own: too slow for the engine's thread. */
import Database from 'better-sqlite3'
import { backUp } from './backups.ts'
import { explain } from './database.ts'
import { FacetQueries } from './facet-queries.ts'
import { Files } from './files.ts'
import { Photos } from './photos.ts'
import { Settings } from './settings.ts'
import type { FilePath } from '../paths.ts'
import type { Facets, ImportBatch } from '../../../shared/contract.ts'
import { RecentImports } from './recent-imports.ts'
import { FilteredPhotos, type PhotoFilter } from './photo-filter.ts'
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'

/** The grid's columns (photos.ts) as of one generation. */
export interface PackedGrid {
  readonly generation: number
  readonly ids: Float64Array
  readonly aspects: Float64Array
  readonly colors: Float64Array
  readonly dates: Float64Array
  readonly durations: Float64Array
  readonly damaged: readonly number[]
  readonly parts: Float64Array
}

let catalog: Tables | undefined

class Tables {
  readonly db: Database.Database
  readonly settings: Settings
  readonly files: Files
  readonly photos: Photos
  #filtered: FilteredPhotos | undefined
  #facets: FacetQueries | undefined
  #imports: RecentImports | undefined

  constructor(file: string) {
    this.db = new Database(file, { readonly: true })
    this.settings = new Settings(this.db)
    this.files = new Files(this.db)
    this.photos = new Photos(this.db)
  }

  // Made when they are first needed: the grid, which a window waits for, needs none of them.
  get filtered(): FilteredPhotos {
    return (this.#filtered ??= new FilteredPhotos(this.db))
  }

  get facets(): FacetQueries {
    return (this.#facets ??= new FacetQueries(this.db))
  }

  get imports(): RecentImports {
    return (this.#imports ??= new RecentImports(this.db))
  }
}

function tables(): Tables {
  if (!catalog) throw new Error('No catalog is open.')
  return catalog
}

const api = {
  open(file: string): void {
    catalog = new Tables(file)
  },

  grid(): Transferred<PackedGrid> {
    const { db, settings, photos } = tables()
    const read = db.transaction(() => ({ generation: settings.generation(), columns: photos.grid() }))
    const { generation, columns } = read()
    const [ids, aspects, colors, dates, durations, parts] = [
      Float64Array.from(columns.ids),
      Float64Array.from(columns.aspects),
      Float64Array.from(columns.colors),
      Float64Array.from(columns.dates),
      Float64Array.from(columns.durations),
      Float64Array.from(columns.parts),
    ]
    const packed = { generation, ids, aspects, colors, dates, durations, damaged: columns.damaged, parts }
    const buffers = [ids, aspects, colors, dates, durations, parts].map(({ buffer }) => buffer)
    return new Transferred(packed, buffers)
  },

  countPhotosBelow(folders: readonly FilePath[]): number[] {
    return folders.map(folder => tables().files.countPhotosBelow(folder))
  },

  photosOnlyBelow(folders: readonly FilePath[]): number[] {
    return tables().files.photosOnlyBelow(folders)
  },

  photosWithin(filter: PhotoFilter): Transferred<Uint32Array<ArrayBuffer>> {
    const { db, filtered } = tables()
    const ids = Uint32Array.from(db.transaction(() => filtered.all(filter))())
    return new Transferred(ids, [ids.buffer])
  },

  facets(roots: readonly FilePath[]): Facets {
    const { db, facets } = tables()
    return db.transaction(() => facets.read(roots))()
  },

  recentImports(roots: readonly FilePath[], atLeast: number): ImportBatch[] {
    const { db, imports } = tables()
    return db.transaction(() => imports.read(roots, atLeast))()
  },

  backUp(folder: string, now: number): void {
    try {
      backUp(tables().db, folder, now)
    } catch (error) {
      throw explain(error)
    }
  },
}

export type CatalogWorkerApi = typeof api

serveWorker(api)
