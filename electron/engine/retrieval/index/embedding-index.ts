/** @file The index of a library: opened, kept in step with the catalog, searched, and replaced while it is searched. */
import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { silentLog, type Logger } from '../../runtime/log.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import { DirectSearch } from './direct-search.ts'
import { fillIndex } from './fill-index.ts'
import { directIndex, indexBuilder, indexHost, type IndexHost } from './index-host.ts'
import { FLAT_LAYOUT, IndexLease, type IndexLayout } from './index-lease.ts'
import { viewIndex, type IndexView, type Neighbour } from './index-view.ts'
import { SlowSearches } from './slow-searches.ts'
import { readTuning } from './tuning-record.ts'

/** What opening an index had to do: nothing, take over changes, or make it anew. */
export type Recovery = 'none' | 'caught-up' | 'rebuilt'

/** From this size on, a file that lags behind by this share at most is left: opening the library catches up. */
const LARGE = 50_000
const CHEAP_SHARE = 0.02

/**
 * The embeddings of a library under one model version, searchable, kept in step with the catalog.
 *
 *     loading ──────────▶ ready ◀──────────────────────┐
 *     reads the file,     searches, adds and removes   │ done: holds the new lease; error or abort: the old one
 *     catches up with     by the lease that it holds   │
 *     the catalog         │  │                         │
 *       ▲                 │  └──────────▶ replacing ───┘
 *       └─────────────────┘               fills a second index; the first is searched and changed as in ready
 *       the index thread has died: the next search loads the index into a new one
 *
 * `switchVersion` replaces the index by one of another version, `swapLayout` by the same vectors in another layout. A
 * search keeps to the lease with which it began. The old index is freed when its last search ends.
 */
export class EmbeddingIndex {
  readonly #catalog: Catalog
  readonly #file: string
  readonly #direct = new DirectSearch()
  readonly #slow: SlowSearches
  #lease: IndexLease
  #reloading: Promise<Recovery> | undefined
  /** Photos added and removed since the file was written; infinite where there is no file of these vectors. */
  #unsavedChanges: number

  private constructor(catalog: Catalog, file: string, log: Logger, { lease, generation }: LoadedIndex) {
    this.#catalog = catalog
    this.#file = file
    this.#slow = new SlowSearches(log)
    this.#lease = lease
    this.#unsavedChanges = generation === undefined ? Infinity : 0
  }

  /**
   * Opens the index file and brings it in step with the catalog. A file that is absent, damaged or of another version
   * is made anew.
   */
  static async open(
    catalog: Catalog,
    file: string,
    version: ModelVersion,
    log: Logger = silentLog,
  ): Promise<{ index: EmbeddingIndex; recovery: Recovery }> {
    const loaded = await loadIndex(catalog, file, version)
    const index = new EmbeddingIndex(catalog, file, log, loaded)
    return { index, recovery: await index.#recover(loaded.generation) }
  }

  get version(): ModelVersion {
    return this.#lease.version
  }

  get size(): number {
    return this.#lease.photos.size
  }

  get photos(): ReadonlySet<PhotoId> {
    return this.#lease.photos
  }

  get layout(): IndexLayout {
    return this.#lease.layout
  }

  /** Whether it has changed since it was written. */
  get unsaved(): boolean {
    return this.#unsavedChanges > 0
  }

  has(id: PhotoId): boolean {
    return this.#lease.photos.has(id)
  }

  /**
   * Adds and removes until the index holds what the catalog says can be searched.
   * @returns whether there was anything to do
   */
  async catchUp(): Promise<boolean> {
    return fillIndex(
      this,
      () => this.#searchable(this.version),
      changes => changes > 0,
    )
  }

  /** Adds photos whose features are in the catalog. */
  async add(photos: readonly PhotoId[]): Promise<void> {
    const { backboneId } = this.version
    const fresh = photos.filter(
      id => !this.has(id) && this.#catalog.features.has(backboneId, id, PIPELINE_VERSION),
    )
    if (fresh.length === 0) return
    this.#unsavedChanges += fresh.length
    await this.#direct.during(this.#lease.add(fresh))
  }

  async remove(photos: readonly PhotoId[]): Promise<void> {
    if (photos.length === 0) return
    this.#unsavedChanges += photos.length
    await this.#direct.during(this.#lease.remove(photos))
  }

  /** Returns the k nearest photos of an embedding, nearest first. */
  search(embedding: Float32Array, k: number): Promise<Neighbour[]> {
    return this.use(view => view.search(embedding, k))
  }

  /** Searches one index all along: whatever takes its place meanwhile, `view.version` fits the vectors of the view. */
  async use<T>(ask: (view: IndexView) => Promise<T>): Promise<T> {
    return this.#leased(lease => ask(viewIndex(lease, this.#direct, this.#slow)))
  }

  /** Works on the vectors in use, by their handle; they stay open until the work is done. */
  async withHandle<T>(work: (handle: number, version: ModelVersion) => Promise<T>): Promise<T> {
    return this.#leased(({ handle, version }) => work(handle, version))
  }

  /**
   * Goes over to the same vectors in another layout, once they hold the photos that these hold.
   * @param handle of vectors made from those of `version`
   * @returns whether they were taken: another version may have come into use meanwhile, and then the caller frees them
   */
  async swapLayout(handle: number, layout: IndexLayout, version: ModelVersion): Promise<boolean> {
    const { host } = this.#lease
    const photos = (await host.call('ids', handle)) as Iterable<PhotoId>
    const next = new IndexLease(this.#catalog.features, { host, handle, version, layout, photos })
    const isCurrent = (): boolean => version === this.version
    const replaced = await fillIndex(
      next,
      // Under another version nothing more is wanted of these vectors.
      () => (isCurrent() ? this.photos : next.photos),
      () => (isCurrent() ? this.#replaceBy(next, Infinity) : undefined),
    )
    await replaced?.retire()
    return replaced !== undefined
  }

  /**
   * Goes over to another version: the library is embedded and indexed beside the index in use, which is searched until
   * the new one is complete. Then both change in one step: what the catalog says, and what is searched.
   * @param betweenChunks awaited after every few hundred photos; what it throws ends the change, and all stays as it was
   */
  async switchVersion(
    version: ModelVersion,
    betweenChunks?: (photos: number) => Promise<void>,
  ): Promise<void> {
    const next = await emptyIndex(this.#catalog, version, this.#lease.host)
    const wanted = (): ReadonlySet<PhotoId> => this.#searchable(version)
    let replaced: IndexLease
    try {
      await fillIndex(next, wanted, () => undefined, betweenChunks)
      // After a kill from here on, the file is of a version that is not in use yet: opening makes it anew.
      await this.#write(next)
      const activate = (changes: number): IndexLease => {
        this.#catalog.models.activate(version.headId)
        return this.#replaceBy(next, changes)
      }
      replaced = await fillIndex(next, wanted, activate, betweenChunks)
    } catch (error) {
      // The file may be of the version that was given up.
      this.#unsavedChanges = Infinity
      await next.free()
      throw error
    }
    await replaced.retire()
  }

  /** Writes the index file for the catalog as it is now, unless catching up when it is opened takes less time. */
  async save(): Promise<void> {
    if (this.size >= LARGE && this.#unsavedChanges <= CHEAP_SHARE * this.size) return
    this.#unsavedChanges = 0
    await this.#write(this.#lease)
  }

  async close(): Promise<void> {
    if (this.unsaved) await this.save()
    await this.#lease.host.call('close', this.#lease.handle)
  }

  async #leased<T>(work: (lease: IndexLease) => Promise<T>): Promise<T> {
    if (!this.#lease.host.alive) await this.#reload()
    const lease = this.#lease
    return lease.use(() => work(lease))
  }

  /** Loads the index into a new thread: the old one ran native code, which may have crashed. */
  async #reload(): Promise<void> {
    this.#reloading ??= loadIndex(this.#catalog, this.#file, this.version)
      .then(({ lease, generation }) => {
        this.#replaceBy(lease, generation === undefined ? Infinity : 0)
        return this.#recover(generation)
      })
      .finally(() => (this.#reloading = undefined))
    await this.#reloading
  }

  /** @param generation of the catalog from which the loaded index was made; undefined for an empty one */
  async #recover(generation: number | undefined): Promise<Recovery> {
    if (generation === this.#catalog.settings.generation()) return 'none'
    const changed = await this.catchUp()
    if (changed || generation === undefined) await this.save()
    if (!changed) return 'none'
    return generation === undefined ? 'rebuilt' : 'caught-up'
  }

  #searchable({ backboneId }: ModelVersion): ReadonlySet<PhotoId> {
    return new Set(this.#catalog.features.searchableIds(backboneId, PIPELINE_VERSION))
  }

  /** @returns the lease that is no longer in use */
  #replaceBy(next: IndexLease, unsavedChanges: number): IndexLease {
    const replaced = this.#lease
    this.#lease = next
    this.#unsavedChanges = unsavedChanges
    return replaced
  }

  async #write({ host, handle, version: { headId, head } }: IndexLease): Promise<void> {
    const generation = this.#catalog.settings.generation()
    const about = { dimension: head.dimension, head: headId, pipeline: PIPELINE_VERSION, generation }
    // Searches go on meanwhile where another thread can write.
    if (directIndex()) await indexBuilder().call('write', handle, this.#file, about)
    else await host.call('write', handle, this.#file, about)
  }
}

interface LoadedIndex {
  readonly lease: IndexLease
  /** Of the catalog from which the file was made; undefined where there is no such file. */
  readonly generation: number | undefined
}

/** Reads the index file into the index thread; an empty index where there is none of this version. */
async function loadIndex(catalog: Catalog, file: string, version: ModelVersion): Promise<LoadedIndex> {
  const host = indexHost()
  const { headId, head } = version
  const expected = { headId, dimension: head.dimension, pipeline: PIPELINE_VERSION }
  const opened = await host.call('open', file, expected)
  if (!opened) return { lease: await emptyIndex(catalog, version, host), generation: undefined }
  const { handle, lists, generation } = opened
  const photos = opened.ids as Iterable<PhotoId>
  const nprobe = readTuning(catalog.settings, headId)?.rows.find(row => row.chosen)?.nprobe ?? 0
  const layout = lists > 0 ? { lists, nprobe } : FLAT_LAYOUT
  return { lease: new IndexLease(catalog.features, { host, handle, version, layout, photos }), generation }
}

async function emptyIndex(catalog: Catalog, version: ModelVersion, host: IndexHost): Promise<IndexLease> {
  const handle = await host.call('create', version.head.dimension)
  return new IndexLease(catalog.features, { host, handle, version, layout: FLAT_LAYOUT, photos: [] })
}
