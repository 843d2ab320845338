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
  readonly #host: IndexHost
  readonly #handle: number
  readonly #ids: Set<PhotoId>
  #unsaved = false

  private constructor(
    catalog: Catalog,
    file: string,
    version: ModelVersion,
    handle: number,
    ids: Set<PhotoId>,
  ) {
    this.#catalog = catalog
    this.#file = file
    this.version = version
    this.#host = indexHost()
    this.#handle = handle
    this.#ids = ids
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
    const dimension = version.head.dimension
    const opened = await indexHost().call('open', file, { headId: version.headId, dimension })
    const handle = opened?.handle ?? (await indexHost().call('create', dimension))
    const ids = new Set(opened?.ids as Iterable<PhotoId> | undefined)
    const index = new EmbeddingIndex(catalog, file, version, handle, ids)
    if (opened?.generation === catalog.settings.generation()) return { index, recovery: 'none' }
    const changed = await index.catchUp()
    if (changed || !opened) await index.save()
    const fresh = !opened && changed
    return { index, recovery: fresh ? 'rebuilt' : changed ? 'caught-up' : 'none' }
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
    const found = await this.#host.call('search', this.#handle, embedding, Math.min(k, this.#ids.size))
    return Array.from(found.ids, (id, i) => ({ id: id as PhotoId, distance: found.distances[i]! })).filter(
      n => n.id > 0,
    )
  }

  /** Writes the index file for the catalog as it is now. */
  async save(): Promise<void> {
    const generation = this.#catalog.settings.generation()
    this.#unsaved = false
    await this.#host.call('save', this.#handle, this.#file, this.version.headId, generation)
  }

  async close(): Promise<void> {
    if (this.#unsaved) await this.save()
    await this.#host.call('close', this.#handle)
  }
}
