import type { BackboneId, HeadId, PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Head } from '../embed/head.ts'
import { PIPELINE_VERSION } from '../media/decode.ts'
import { indexHost, type IndexHost } from './index-host.ts'

export interface ModelVersion {
  readonly headId: HeadId
  readonly backboneId: BackboneId
  readonly name: string
  readonly head: Head
}

export interface Neighbour {
  readonly id: PhotoId
  /** Euclidean distance of the embeddings. */
  readonly distance: number
}

/** What opening an index had to do: nothing, take over changes, or make it anew. */
export type Recovery = 'none' | 'caught-up' | 'rebuilt'

/** Rows embedded in one call to the worker: its answers to searches wait no longer than this takes (about 0.1 s). */
const CHUNK = 512

/** The embeddings of a library under one model version, searchable, kept in step with the catalog. */
export class EmbeddingIndex {
  readonly version: ModelVersion
  readonly #catalog: Catalog
  readonly #file: string
  #host: IndexHost = indexHost()
  #handle = 0
  #ids = new Set<PhotoId>()
  #unsaved = false

  private constructor(catalog: Catalog, file: string, version: ModelVersion) {
    this.#catalog = catalog
    this.#file = file
    this.version = version
  }

  /**
   * Opens the index file and brings it in step with the catalog. A file that is absent, damaged or of another version
   * is made anew.
   */
  static async open(
    catalog: Catalog,
    file: string,
    version: ModelVersion,
  ): Promise<{ index: EmbeddingIndex; recovery: Recovery }> {
    const index = new EmbeddingIndex(catalog, file, version)
    return { index, recovery: await index.#load() }
  }

  get size(): number {
    return this.#ids.size
  }

  has(id: PhotoId): boolean {
    return this.#ids.has(id)
  }

  /** Adds and removes until the index holds what the catalog says can be searched. */
  async catchUp(): Promise<boolean> {
    const wanted = new Set(this.#catalog.features.searchableIds(this.version.backboneId, PIPELINE_VERSION))
    const surplus = [...this.#ids.difference(wanted)]
    const lacking = [...wanted.difference(this.#ids)]
    await this.remove(surplus)
    for (let at = 0; at < lacking.length; at += CHUNK) await this.add(lacking.slice(at, at + CHUNK))
    return surplus.length + lacking.length > 0
  }

  /** Adds photos whose features are in the catalog. */
  async add(photos: readonly PhotoId[]): Promise<void> {
    const { backboneId, head } = this.version
    const fresh = photos.filter(id => !this.#ids.has(id))
    if (fresh.length === 0) return
    const rows = fresh.map(id => this.#catalog.features.get(backboneId, id, PIPELINE_VERSION)!)
    for (const id of fresh) this.#ids.add(id)
    this.#unsaved = true
    await this.#host.call('addFeatures', this.#handle, head, fresh, rows)
  }

  async remove(photos: readonly PhotoId[]): Promise<void> {
    if (photos.length === 0) return
    for (const id of photos) this.#ids.delete(id)
    this.#unsaved = true
    await this.#host.call('remove', this.#handle, photos)
  }

  /** The k nearest photos of an embedding, nearest first. */
  async search(embedding: Float32Array, k: number): Promise<Neighbour[]> {
    if (k < 1 || this.#ids.size === 0) return []
    // The thread runs native code that may have crashed since: the index is loaded into a new one.
    if (!this.#host.alive) await this.#load()
    const found = await this.#host.call('search', this.#handle, embedding, Math.min(k, this.#ids.size))
    return Array.from(found.ids, (id, i) => ({ id: id as PhotoId, distance: found.distances[i]! })).filter(
      n => n.id > 0,
    )
  }

  /** Writes the index file for the catalog as it is now. */
  async save(): Promise<void> {
    const generation = this.#catalog.settings.generation()
    this.#unsaved = false
    const about = { headId: this.version.headId, pipeline: PIPELINE_VERSION, generation }
    await this.#host.call('save', this.#handle, this.#file, about)
  }

  async #load(): Promise<Recovery> {
    this.#host = indexHost()
    const { headId, head } = this.version
    const opened = await this.#host.call('open', this.#file, {
      headId,
      dimension: head.dimension,
      pipeline: PIPELINE_VERSION,
    })
    this.#handle = opened?.handle ?? (await this.#host.call('create', head.dimension))
    this.#ids = new Set(opened?.ids as Iterable<PhotoId> | undefined)
    if (opened?.generation === this.#catalog.settings.generation()) return 'none'
    const changed = await this.catchUp()
    if (changed || !opened) await this.save()
    if (!changed) return 'none'
    return opened ? 'caught-up' : 'rebuilt'
  }

  async close(): Promise<void> {
    if (this.#unsaved) await this.save()
    await this.#host.call('close', this.#handle)
  }
}
