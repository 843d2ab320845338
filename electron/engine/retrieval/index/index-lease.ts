import type { PhotoId } from '../../../shared/ids.ts'
import type { Features } from '../../library/catalog/features.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { directIndex, type IndexHost } from './index-host.ts'

/** How the vectors are laid out. */
export interface IndexLayout {
  /** Lists of an inverted file; 0 where every search goes through all vectors. */
  readonly lists: number
  /** Lists to look through for a short result; 0: all. */
  readonly nprobe: number
}

export const FLAT_LAYOUT: IndexLayout = { lists: 0, nprobe: 0 }

/** Vectors in the index thread, by their handle. */
export interface HostedVectors {
  readonly host: IndexHost
  readonly handle: number
  readonly version: ModelVersion
  readonly layout: IndexLayout
  /** The photos whose vectors these are. */
  readonly photos: Iterable<PhotoId>
}

/**
 * The embeddings of photos under one version, which the index thread keeps open for the searches under way. An old
 * index, in whose place another one has come, is freed when its last search ends.
 */
export class IndexLease {
  readonly host: IndexHost
  readonly handle: number
  readonly version: ModelVersion
  readonly layout: IndexLayout
  /**
   * Whether it holds what the catalog says can be searched, once all changes have arrived: whoever changes the catalog
   * changes the index before anything else runs.
   */
  isInStep = false
  readonly #features: Features
  readonly #photos: Set<PhotoId>
  /** Changes on their way to the index thread. */
  readonly #changes = new Set<Promise<void>>()
  #users = 0
  #isRetired = false

  constructor(features: Features, { host, handle, version, layout, photos }: HostedVectors) {
    this.#features = features
    this.host = host
    this.handle = handle
    this.version = version
    this.layout = layout
    this.#photos = new Set(photos)
  }

  /** The photos that it holds, those on their way to the index thread included. */
  get photos(): ReadonlySet<PhotoId> {
    return this.#photos
  }

  /** Adds photos by their features in the catalog; one that has none, because it is gone meanwhile, is left out. */
  async add(photos: readonly PhotoId[]): Promise<void> {
    const { backboneId, head } = this.version
    const ids: PhotoId[] = []
    const rows: Buffer[] = []
    for (const id of photos) {
      const row = this.#features.get(backboneId, id, PIPELINE_VERSION)
      if (!row) continue
      this.#photos.add(id)
      ids.push(id)
      rows.push(row)
    }
    await this.#change(this.host.call('addFeatures', this.handle, head, ids, rows), () => {
      for (const id of ids) this.#photos.delete(id)
    })
  }

  async remove(photos: readonly PhotoId[]): Promise<void> {
    const held = photos.filter(id => this.#photos.delete(id))
    await this.#change(this.host.call('remove', this.handle, photos), () => {
      for (const id of held) this.#photos.add(id)
    })
  }

  /** Waits for the changes made before, whatever comes of them. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#changes])
  }

  /** Keeps the vectors open until the work is done. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#users++
    try {
      return await work()
    } finally {
      this.#users--
      if (this.#isRetired) await this.#freeUnused()
    }
  }

  /** To be called when another index has taken its place: it is not used anew from then on. */
  async retire(): Promise<void> {
    this.#isRetired = true
    await this.#freeUnused()
  }

  async #freeUnused(): Promise<void> {
    if (this.#users === 0) await this.free()
  }

  /** Frees the vectors at once. Those with a native handle outlive their thread. */
  async free(): Promise<void> {
    try {
      if (this.host.alive) {
        await this.host.call('close', this.handle)
        return
      }
    } catch (error) {
      if (this.host.alive) throw error
    }
    directIndex()?.close(this.handle)
  }

  async #change(change: Promise<void>, undo: () => void): Promise<void> {
    this.#changes.add(change)
    try {
      await change
    } catch (error) {
      // What arrived of it is not known.
      this.isInStep = false
      undo()
      throw error
    } finally {
      this.#changes.delete(change)
    }
  }
}
