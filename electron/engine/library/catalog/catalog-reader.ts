import type { Facets, ImportBatch } from '../../../shared/contract.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { FilePath } from '../paths.ts'
import type { PhotoFilter } from './photo-filter.ts'
import type { CatalogWorkerApi } from './catalog.worker.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { Catalog } from './catalog.ts'
import type { PhotoColumns } from './photos.ts'

export interface Grid extends PhotoColumns {
  /** The catalog's generation that was read. */
  readonly generation: number
}

/** Reads what takes long in a large library, in a thread of its own that starts with the first call. */
export class CatalogReader {
  readonly #catalog: Catalog
  #worker: WorkerClient<CatalogWorkerApi> | undefined
  #facets: { readonly state: string; readonly read: Promise<Facets> } | undefined
  #grid: { readonly generation: number; readonly columns: Promise<Grid> } | undefined

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  /** Photos that can be reached, the newest first. Read once for each generation of the catalog. */
  grid(): Promise<Grid> {
    const generation = this.#catalog.settings.generation()
    if (this.#grid?.generation === generation) return this.#grid.columns
    const columns = this.#readGrid()
    const read = { generation, columns }
    this.#grid = read
    // A failure is not kept: the next call tries again.
    columns.catch(() => {
      if (this.#grid === read) this.#grid = undefined
    })
    return columns
  }

  async #readGrid(): Promise<Grid> {
    const { generation, ids, aspects, colors, dates, durations, damaged, parts } =
      await this.#thread().call('grid')
    return {
      generation,
      ids: Array.from(ids),
      aspects: Array.from(aspects),
      colors: Array.from(colors),
      dates: Array.from(dates),
      durations: Array.from(durations),
      damaged: [...damaged],
      parts: Array.from(parts),
    }
  }

  /** How many photos lie below each of the folders. */
  countPhotosBelow(folders: readonly FilePath[]): Promise<number[]> {
    return this.#thread().call('countPhotosBelow', folders)
  }

  /** Photos of which all files lie below these folders. */
  photosOnlyBelow(folders: readonly FilePath[]): Promise<number[]> {
    return this.#thread().call('photosOnlyBelow', folders)
  }

  /** What photos can be filtered by. Read once for each state of photos and albums. */
  facets(): Promise<Facets> {
    const { settings, albums } = this.#catalog
    const state = `${settings.generation()} ${albums.revision}`
    if (this.#facets?.state === state) return this.#facets.read
    const read = this.#thread().call('facets', this.#catalog.roots())
    const facets = { state, read }
    this.#facets = facets
    read.catch(() => {
      if (this.#facets === facets) this.#facets = undefined
    })
    return read
  }

  /** Which photos came together, the newest first, until there are so many. */
  recentImports(atLeast: number): Promise<ImportBatch[]> {
    return this.#thread().call('recentImports', this.#catalog.roots(), atLeast)
  }

  /** All photos that match a filter (photo-filter.ts). */
  async photosWithin(filter: PhotoFilter): Promise<ReadonlySet<PhotoId>> {
    return new Set((await this.#thread().call('photosWithin', filter)) as Iterable<PhotoId>)
  }

  /** Makes a backup (backups.ts). */
  backUp(folder: string, now: number): Promise<void> {
    return this.#thread().call('backUp', folder, now)
  }

  async close(): Promise<void> {
    await this.#worker?.close()
  }

  #thread(): WorkerClient<CatalogWorkerApi> {
    if (!this.#worker?.alive) {
      this.#worker = new WorkerClient<CatalogWorkerApi>(workerFile('catalog', import.meta.url))
      // Calls run in order; if this one fails, the next one says so.
      this.#worker.call('open', this.#catalog.file).catch(() => undefined)
    }
    return this.#worker
  }
}
