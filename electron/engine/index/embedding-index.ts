import type { BackboneId, HeadId, PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Head } from '../embed/head.ts'
import { PIPELINE_VERSION } from '../media/decode.ts'
import { writeIndexFile } from './index-file.ts'
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

/** An index that can be asked, under one version from the first question to the last. */
export interface IndexView {
  readonly version: ModelVersion
  /** The photos that can be found now. */
  readonly photos: ReadonlySet<PhotoId>
  /** The k nearest photos of an embedding of this version, nearest first. */
  search(embedding: Float32Array, k: number): Promise<Neighbour[]>
}

/** Vectors in the index thread, open as long as somebody asks them. */
interface Held {
  readonly handle: number
  users: number
  retired: boolean
}

/** Rows embedded in one call to the worker: its answers to searches wait no longer than this takes (about 0.1 s). */
const CHUNK = 512

/** The embeddings of a library under one model version, searchable, kept in step with the catalog. */
export class EmbeddingIndex {
  readonly #catalog: Catalog
  readonly #file: string
  #host: IndexHost = indexHost()
  #version: ModelVersion
  #held: Held = { handle: 0, users: 0, retired: false }
  #ids = new Set<PhotoId>()
  #unsaved = false

  private constructor(catalog: Catalog, file: string, version: ModelVersion) {
    this.#catalog = catalog
    this.#file = file
    this.#version = version
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

  get version(): ModelVersion {
    return this.#version
  }

  get size(): number {
    return this.#ids.size
  }

  get photos(): ReadonlySet<PhotoId> {
    return this.#ids
  }

  /** Whether it has changed since it was written. */
  get unsaved(): boolean {
    return this.#unsaved
  }

  has(id: PhotoId): boolean {
    return this.#ids.has(id)
  }

  /** Adds and removes until the index holds what the catalog says can be searched. */
  async catchUp(): Promise<boolean> {
    const wanted = new Set(this.#catalog.features.searchableIds(this.#version.backboneId, PIPELINE_VERSION))
    const surplus = [...this.#ids.difference(wanted)]
    const lacking = [...wanted.difference(this.#ids)]
    await this.remove(surplus)
    for (const chunk of chunks(lacking)) await this.add(chunk)
    return surplus.length + lacking.length > 0
  }

  /** Adds photos whose features are in the catalog. */
  async add(photos: readonly PhotoId[]): Promise<void> {
    const { backboneId } = this.#version
    const fresh = photos.filter(
      id => !this.#ids.has(id) && this.#catalog.features.has(backboneId, id, PIPELINE_VERSION),
    )
    if (fresh.length === 0) return
    for (const id of fresh) this.#ids.add(id)
    this.#unsaved = true
    await this.#addTo(this.#held.handle, this.#version, fresh)
  }

  async remove(photos: readonly PhotoId[]): Promise<void> {
    if (photos.length === 0) return
    for (const id of photos) this.#ids.delete(id)
    this.#unsaved = true
    await this.#host.call('remove', this.#held.handle, photos)
  }

  /** The k nearest photos of an embedding, nearest first. */
  search(embedding: Float32Array, k: number): Promise<Neighbour[]> {
    return this.use(view => view.search(embedding, k))
  }

  /**
   * Asks under one version: whatever is swapped meanwhile, embeddings of `view.version` meet the vectors of that
   * version.
   */
  async use<T>(ask: (view: IndexView) => Promise<T>): Promise<T> {
    // The thread runs native code that may have crashed since: the index is loaded into a new one.
    if (!this.#host.alive) await this.#load()
    const [version, held, host, photos] = [this.#version, this.#held, this.#host, this.#ids]
    held.users++
    try {
      return await ask({
        version,
        photos,
        search: async (embedding, k) => {
          if (k < 1 || photos.size === 0) return []
          const found = await host.call('search', held.handle, embedding, Math.min(k, photos.size))
          const neighbours = Array.from(found.ids, (id, i) => ({
            id: id as PhotoId,
            distance: found.distances[i]!,
          }))
          return neighbours.filter(({ id }) => id > 0)
        },
      })
    } finally {
      held.users--
      await this.#closeUnused(held, host)
    }
  }

  /**
   * Goes over to another version: the library is embedded and indexed beside the present index, which answers until
   * all of it is there. Then both change in one step: what the catalog says, and what answers.
   * @param betweenChunks awaited after every few hundred photos; what it throws ends the change, and all stays as it was
   */
  async adopt(
    version: ModelVersion,
    betweenChunks: (photos: number) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const host = this.#host
    const handle = await host.call('create', version.head.dimension)
    const ids = new Set<PhotoId>()
    const fill = async (): Promise<void> => {
      for (;;) {
        const wanted = new Set(this.#catalog.features.searchableIds(version.backboneId, PIPELINE_VERSION))
        const surplus = [...ids.difference(wanted)]
        const lacking = [...wanted.difference(ids)]
        // Nothing is awaited between this and what follows the last call: no import can come in between.
        if (surplus.length + lacking.length === 0) return
        for (const id of surplus) ids.delete(id)
        if (surplus.length > 0) await host.call('remove', handle, surplus)
        for (const chunk of chunks(lacking)) {
          await this.#addTo(handle, version, chunk)
          for (const id of chunk) ids.add(id)
          await betweenChunks(chunk.length)
        }
      }
    }
    try {
      await fill()
      // A kill from here on finds a file of a version that is not in use yet: it is made anew on opening.
      await this.#write(handle, version)
      await fill()
      this.#catalog.models.activate(version.headId)
    } catch (error) {
      // The file may be of the version that was given up.
      this.#unsaved = true
      if (host.alive) await host.call('close', handle)
      throw error
    }
    const old = this.#held
    this.#version = version
    this.#held = { handle, users: 0, retired: false }
    this.#ids = ids
    this.#unsaved = true
    old.retired = true
    await this.#closeUnused(old, host)
  }

  /** Writes the index file for the catalog as it is now. */
  async save(): Promise<void> {
    this.#unsaved = false
    await this.#write(this.#held.handle, this.#version)
  }

  async #write(handle: number, { headId, head }: ModelVersion): Promise<void> {
    const generation = this.#catalog.settings.generation()
    const { kind, ids, body } = await this.#host.call('serialize', handle)
    const about = { kind, dimension: head.dimension, head: headId, pipeline: PIPELINE_VERSION, generation }
    await writeIndexFile(this.#file, about, ids, body)
  }

  async #addTo(
    handle: number,
    { backboneId, head }: ModelVersion,
    photos: readonly PhotoId[],
  ): Promise<void> {
    const rows = photos.map(id => this.#catalog.features.get(backboneId, id, PIPELINE_VERSION)!)
    await this.#host.call('addFeatures', handle, head, photos, rows)
  }

  async #closeUnused(held: Held, host: IndexHost): Promise<void> {
    if (held.retired && held.users === 0 && host.alive) await host.call('close', held.handle)
  }

  async #load(): Promise<Recovery> {
    this.#host = indexHost()
    const { headId, head } = this.#version
    const opened = await this.#host.call('open', this.#file, {
      headId,
      dimension: head.dimension,
      pipeline: PIPELINE_VERSION,
    })
    const handle = opened?.handle ?? (await this.#host.call('create', head.dimension))
    this.#held = { handle, users: 0, retired: false }
    this.#ids = new Set(opened?.ids as Iterable<PhotoId> | undefined)
    if (opened?.generation === this.#catalog.settings.generation()) return 'none'
    const changed = await this.catchUp()
    if (changed || !opened) await this.save()
    if (!changed) return 'none'
    return opened ? 'caught-up' : 'rebuilt'
  }

  async close(): Promise<void> {
    if (this.#unsaved) await this.save()
    await this.#host.call('close', this.#held.handle)
  }
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK)
}
