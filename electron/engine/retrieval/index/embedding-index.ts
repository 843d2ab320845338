/** @file The index of a library: opened, kept in step with the catalog, searched, and replaced while it is searched. */
import { rm } from 'node:fs/promises'
import { asKindredError } from '../../../shared/errors.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { silentLog, type Logger } from '../../runtime/log.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import { DirectSearch } from './direct-search.ts'
import { fillIndex } from './fill-index.ts'
import { removeUnfinished, UNKNOWN_GENERATION } from './index-file.ts'
import { directIndex, indexBuilder } from './index-host.ts'
import { IndexLease, type IndexLayout } from './index-lease.ts'
import { emptyIndex, freeingOnError, loadIndex, type LoadedIndex } from './load-index.ts'
import { viewIndex, type IndexView, type Neighbour } from './index-view.ts'
import { SlowSearches } from './slow-searches.ts'

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
 *
 * The file says of which generation of the catalog it is. That holds because code that changes what can be searched raises
 * the generation and calls `add` or `remove` before anything else runs, and because the file is written once these have
 * arrived. It is derived: that it cannot be written costs time at the next opening, and nothing else.
 */
export class EmbeddingIndex {
  readonly #catalog: Catalog
  readonly #file: string
  readonly #direct = new DirectSearch()
  readonly #log: Logger
  readonly #slow: SlowSearches
  #lease: IndexLease
  #reloading: Promise<Recovery> | undefined
  /** Whose vectors the file holds. */
  #saved: IndexLease | undefined
  /** Photos added and removed since the file was written. */
  #unsavedChanges = 0

  private constructor(catalog: Catalog, file: string, log: Logger, { lease, generation }: LoadedIndex) {
    this.#catalog = catalog
    this.#file = file
    this.#log = log
    this.#slow = new SlowSearches(log)
    this.#lease = lease
    if (generation !== undefined) this.#saved = lease
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
    removeUnfinished(file)
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
    return this.#saved !== this.#lease || this.#unsavedChanges > 0
  }

  has(id: PhotoId): boolean {
    return this.#lease.photos.has(id)
  }

  /**
   * Adds and removes until the index holds what the catalog says can be searched.
   * @returns whether there was anything to do
   */
  async catchUp(): Promise<boolean> {
    this.#lease.isInStep = false
    return fillIndex(
      this,
      () => this.#searchable(this.version),
      changes => {
        this.#lease.isInStep = true
        return changes > 0
      },
    )
  }

  /** Adds those of the photos that the catalog says can be searched. */
  async add(photos: readonly PhotoId[]): Promise<void> {
    const { backboneId } = this.version
    const { features } = this.#catalog
    const fresh = photos.filter(
      id => !this.has(id) && features.isSearchable(backboneId, id, PIPELINE_VERSION),
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

  /** Takes photos out and adds them by their features as they are now, in one step. */
  async replace(photos: readonly PhotoId[]): Promise<void> {
    await Promise.all([this.remove(photos), this.add(photos)])
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
      () => {
        next.isInStep = this.#lease.isInStep
        return isCurrent() ? this.#replaceBy(next) : undefined
      },
    )
    await replaced?.retire()
    return replaced !== undefined
  }

  /**
   * Makes the index anew from the catalog beside the one in use, and goes over to it.
   * @returns whether the file was written, too
   */
  async rebuild(): Promise<boolean> {
    const { version } = this
    const next = await emptyIndex(this.#catalog, version, this.#lease.host)
    const wanted = (): ReadonlySet<PhotoId> => this.#searchable(version)
    const replaced = await freeingOnError(next, () =>
      fillIndex(next, wanted, () => {
        next.isInStep = true
        return this.#replaceBy(next)
      }),
    )
    await replaced.retire()
    return this.save()
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
    const replaced = await freeingOnError(next, async () => {
      // After a kill from here on, the file is of a version that is not in use yet: opening makes it anew.
      const write = (): Promise<void> => {
        next.isInStep = true
        return this.#write(next)
      }
      await fillIndex(next, wanted, write, betweenChunks)
      return fillIndex(
        next,
        wanted,
        changes => {
          this.#catalog.models.activate(version.headId)
          return this.#replaceBy(next, changes)
        },
        betweenChunks,
      )
    })
    await replaced.retire()
  }

  /**
   * Writes the index file for the catalog as it is now, unless catching up when it is opened takes less time. A failure is
   * logged, and made up for by the next call.
   * @returns whether the file is as it should be
   */
  async save(): Promise<boolean> {
    const changes = this.#unsavedChanges
    if (this.#saved === this.#lease && this.size >= LARGE && changes <= CHEAP_SHARE * this.size) return true
    this.#unsavedChanges = 0
    try {
      await this.#write(this.#lease)
      return true
    } catch (error) {
      this.#unsavedChanges += changes
      const { code, message } = asKindredError(error)
      this.#log('warn', 'The index could not be saved; opening the library will take longer', {
        code,
        message,
      })
      return false
    }
  }

  async close(): Promise<void> {
    if (this.unsaved) await this.save()
    await this.#lease.free()
  }

  async #leased<T>(work: (lease: IndexLease) => Promise<T>): Promise<T> {
    if (!this.#lease.host.alive) await this.#reload()
    const lease = this.#lease
    return lease.use(() => work(lease))
  }

  /** Loads the index into a new thread: the old one ran native code, which may have crashed. */
  async #reload(): Promise<void> {
    this.#reloading ??= loadIndex(this.#catalog, this.#file, this.version)
      .then(async ({ lease, generation }) => {
        const replaced = this.#replaceBy(lease)
        this.#saved = generation === undefined ? undefined : lease
        const recovery = await this.#recover(generation)
        await replaced.retire()
        return recovery
      })
      .finally(() => (this.#reloading = undefined))
    await this.#reloading
  }

  /** @param generation of the catalog from which the loaded index was made; undefined for an empty one */
  async #recover(generation: number | undefined): Promise<Recovery> {
    const current = this.#catalog.settings.generation()
    if (generation === current) {
      this.#lease.isInStep = true
      return 'none'
    }
    // The catalog has lost its last changes, with the power or by a backup, and will count these generations once more.
    if (generation !== undefined && generation > current) {
      await rm(this.#file, { force: true })
      this.#saved = undefined
    }
    const changed = await this.catchUp()
    if (changed || this.#saved === undefined || generation === UNKNOWN_GENERATION) await this.save()
    if (!changed) return 'none'
    return generation === undefined ? 'rebuilt' : 'caught-up'
  }

  #searchable({ backboneId }: ModelVersion): ReadonlySet<PhotoId> {
    return new Set(this.#catalog.features.searchableIds(backboneId, PIPELINE_VERSION))
  }

  /** @returns the lease that is no longer in use */
  #replaceBy(next: IndexLease, unsavedChanges = 0): IndexLease {
    const replaced = this.#lease
    this.#lease = next
    this.#unsavedChanges = unsavedChanges
    return replaced
  }

  /** Writes what has been changed up to now, once it has arrived; what comes later raises the generation again. */
  async #write(lease: IndexLease): Promise<void> {
    const { host, handle, isInStep } = lease
    const { headId, head } = lease.version
    const generation = this.#catalog.settings.generation()
    await lease.use(async () => {
      await lease.settled()
      const about = {
        dimension: head.dimension,
        head: headId,
        pipeline: PIPELINE_VERSION,
        // A change under way may have failed.
        generation: isInStep && lease.isInStep ? generation : UNKNOWN_GENERATION,
      }
      // Searches go on meanwhile where another thread can write.
      if (directIndex()) await indexBuilder().call('write', handle, this.#file, about)
      else await host.call('write', handle, this.#file, about)
    })
    this.#saved = lease
  }
}
