import type { PhotoId } from '../../../shared/ids.ts'
import type { FilePath } from '../paths.ts'
import type { PhotoFilter } from './photo-filter.ts'
import type { CatalogWorkerApi } from './catalog.worker.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { Catalog } from './catalog.ts'
import type { PhotoColumns } from './photos.ts'

export interface Grid extends PhotoColumns {
  /** The catalog's generation that these are of. */
  readonly generation: number
}

/** Answers what takes long in a large library from a thread of its own, which starts when it is first asked. */
export class CatalogReader {
  readonly #catalog: Catalog
  #worker: WorkerClient<CatalogWorkerApi> | undefined
  #grid: { readonly generation: number; readonly answer: Promise<Grid> } | undefined

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  /** Photos that can be reached, the newest first. Read once for each generation of the catalog. */
  grid(): Promise<Grid> {
    const generation = this.#catalog.settings.generation()
    if (this.#grid?.generation === generation) return this.#grid.answer
    const answer = this.#readGrid()
    const asked = { generation, answer }
    this.#grid = asked
    answer.catch(() => {
      if (this.#grid === asked) this.#grid = undefined
    })
    return answer
  }

  async #readGrid(): Promise<Grid> {
    const { generation, ids, aspects, colors, dates } = await this.#ask().call('grid')
    return {
      generation,
      ids: Array.from(ids),
      aspects: Array.from(aspects),
      colors: Array.from(colors),
      dates: Array.from(dates),
    }
  }

  /** How many photos lie below each of the folders. */
  countPhotosBelow(folders: readonly FilePath[]): Promise<number[]> {
    return this.#ask().call('countPhotosBelow', folders)
  }

  /** All photos that a filter leaves, see search/filter.ts. */
  async photosWithin(filter: PhotoFilter): Promise<ReadonlySet<PhotoId>> {
    return new Set((await this.#ask().call('photosWithin', filter)) as Iterable<PhotoId>)
  }

  /** A backup a day at most, see database.ts. */
  backUpDaily(folder: string, now: number): Promise<void> {
    return this.#ask().call('backUpDaily', folder, now)
  }

  async close(): Promise<void> {
    await this.#worker?.close()
  }

  #ask(): WorkerClient<CatalogWorkerApi> {
    if (!this.#worker?.alive) {
      this.#worker = new WorkerClient<CatalogWorkerApi>(workerFile('catalog', import.meta.url))
      // Calls come after it in order; that it failed is told by them.
      this.#worker.call('open', this.#catalog.file).catch(() => undefined)
    }
    return this.#worker
  }
}
