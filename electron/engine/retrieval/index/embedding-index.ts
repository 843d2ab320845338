import type { NearestIds } from '../../../../native/faiss.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { silentLog, type Logger } from '../../runtime/log.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import { directIndex, indexBuilder, indexHost, type IndexHost } from './index-host.ts'
import { LONG_ANSWER, probesFor } from './measure-search.ts'
import { SlowSearches } from './slow-searches.ts'
import { readTuning } from './tuning-record.ts'

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
  /** The same, exact, whatever the index. */
  searchExactly(embedding: Float32Array, k: number): Promise<Neighbour[]>
  /** The k nearest among these photos: exact, whatever the index. */
  searchAmong(embedding: Float32Array, k: number, among: Uint32Array): Promise<Neighbour[]>
}

/** How the vectors are laid out. */
export interface IndexLayout {
  /** Lists of an inverted file; 0 where every search goes through all vectors. */
  readonly lists: number
  /** Lists that are looked through for a short answer; 0: all. */
  readonly nprobe: number
}

/** Vectors in the index thread, open as long as somebody asks them. */
interface IndexLease extends IndexLayout {
  readonly handle: number
  users: number
  retired: boolean
}

const lease = (handle: number, layout: IndexLayout = { lists: 0, nprobe: 0 }): IndexLease => ({
  handle,
  lists: layout.lists,
  nprobe: layout.nprobe,
  users: 0,
  retired: false,
})

/** Rows embedded in one call to the worker: its answers to searches wait no longer than this takes (about 0.1 s). */
const CHUNK = 512

/** Numbers that are compared faster than another thread is woken: about a millisecond's worth. */
const DIRECT = 4_000_000
/** Milliseconds of searches, one after the other, until whoever else waits for this thread gets a turn. */
const LONGEST_TURN = 4

/** From this size on, a file that lags behind by this share is left as it is: opening the library catches up. */
const LARGE = 50_000
const CHEAP_SHARE = 0.02

/** The embeddings of a library under one model version, searchable, kept in step with the catalog. */
export class EmbeddingIndex {
  readonly #catalog: Catalog
  readonly #file: string
  #host: IndexHost = indexHost()
  #version: ModelVersion
  #lease: IndexLease = lease(0)
  #ids = new Set<PhotoId>()
  /** Photos that came and went since the file was written; infinite where there is no file of these vectors. */
  #behind = Infinity
  /** Changes of the vectors that are under way. */
  #changing = 0
  /** Milliseconds that searches have taken in this turn of the event loop. */
  #spent = 0
  readonly #slow: SlowSearches

  private constructor(catalog: Catalog, file: string, version: ModelVersion, log: Logger) {
    this.#catalog = catalog
    this.#file = file
    this.#version = version
    this.#slow = new SlowSearches(log)
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
    const index = new EmbeddingIndex(catalog, file, version, log)
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

  get layout(): IndexLayout {
    return this.#lease
  }

  /** Whether it has changed since it was written. */
  get unsaved(): boolean {
    return this.#behind > 0
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
    this.#behind += fresh.length
    await this.#change(this.#addTo(this.#lease.handle, this.#version, fresh))
  }

  async remove(photos: readonly PhotoId[]): Promise<void> {
    if (photos.length === 0) return
    for (const id of photos) this.#ids.delete(id)
    this.#behind += photos.length
    await this.#change(this.#host.call('remove', this.#lease.handle, photos))
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
    const [version, held, host, photos] = [this.#version, this.#lease, this.#host, this.#ids]
    held.users++
    try {
      const search = async (embedding: Float32Array, k: number, nprobe: number): Promise<Neighbour[]> => {
        if (k < 1) return []
        const numbers = photos.size * embedding.length * (nprobe === 0 ? 1 : nprobe / held.lists)
        const found = neighbours(
          (numbers <= DIRECT ? this.#searchHere(held.handle, embedding, k, nprobe) : undefined) ??
            (await host.call('search', held.handle, embedding, k, nprobe)),
        )
        // The lists near the query may hold too few photos.
        return nprobe === 0 || found.length === k ? found : search(embedding, k, 0)
      }
      return await ask({
        version,
        photos,
        search: async (embedding, k) => {
          const asked = Math.min(k, photos.size)
          const started = performance.now()
          const found = await search(embedding, asked, probesFor(asked, held.nprobe))
          this.#slow.note(performance.now() - started, () => this.#whySlow(held, asked))
          return found
        },
        searchExactly: (embedding, k) => search(embedding, Math.min(k, photos.size), 0),
        searchAmong: async (embedding, k, among) => {
          const asked = Math.min(k, among.length, photos.size)
          if (asked < 1) return []
          return neighbours(await host.call('searchAmong', held.handle, embedding, asked, among))
        },
      })
    } finally {
      held.users--
      await this.#closeUnused(held, host)
    }
  }

  /** Works with the vectors that answer now; they stay open until that is done. */
  async withVectors<T>(
    work: (vectors: { readonly handle: number; readonly version: ModelVersion }) => Promise<T>,
  ): Promise<T> {
    return this.use(({ version }) => work({ handle: this.#lease.handle, version }))
  }

  /**
   * Goes over to vectors of the same version that were laid out anew, once they hold what these hold.
   * @returns whether it did: another version may have come into use meanwhile
   */
  async swapLayout(handle: number, layout: IndexLayout, version: ModelVersion): Promise<boolean> {
    const host = this.#host
    const ids = new Set((await host.call('ids', handle)) as Iterable<PhotoId>)
    for (;;) {
      if (version !== this.#version) {
        await host.call('close', handle)
        return false
      }
      const surplus = [...ids.difference(this.#ids)]
      const lacking = [...this.#ids.difference(ids)]
      if (surplus.length + lacking.length === 0) break
      if (surplus.length > 0) await host.call('remove', handle, surplus)
      for (const id of surplus) ids.delete(id)
      for (const chunk of chunks(lacking)) {
        // A photo that has gone since has no features to add.
        const there = chunk.filter(id => this.#catalog.features.has(version.backboneId, id, PIPELINE_VERSION))
        await this.#addTo(handle, version, there)
        for (const id of chunk) ids.add(id)
      }
    }
    const old = this.#lease
    this.#lease = lease(handle, layout)
    this.#behind = Infinity
    old.retired = true
    await this.#closeUnused(old, host)
    return true
  }

  /**
   * Goes over to another version: the library is embedded and indexed beside the present index, which answers until
   * all of it is there. Then both change in one step: what the catalog says, and what answers.
   * @param betweenChunks awaited after every few hundred photos; what it throws ends the change, and all stays as it was
   */
  async switchVersion(
    version: ModelVersion,
    betweenChunks: (photos: number) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const host = this.#host
    const handle = await host.call('create', version.head.dimension)
    const ids = new Set<PhotoId>()
    const fill = async (): Promise<number> => {
      for (let changes = 0; ;) {
        const wanted = new Set(this.#catalog.features.searchableIds(version.backboneId, PIPELINE_VERSION))
        const surplus = [...ids.difference(wanted)]
        const lacking = [...wanted.difference(ids)]
        // Nothing is awaited between this and what follows the last call: no import can come in between.
        if (surplus.length + lacking.length === 0) return changes
        changes += surplus.length + lacking.length
        for (const id of surplus) ids.delete(id)
        if (surplus.length > 0) await host.call('remove', handle, surplus)
        for (const chunk of chunks(lacking)) {
          await this.#addTo(handle, version, chunk)
          for (const id of chunk) ids.add(id)
          await betweenChunks(chunk.length)
        }
      }
    }
    let behind = 0
    try {
      await fill()
      // A kill from here on finds a file of a version that is not in use yet: it is made anew on opening.
      await this.#write(handle, version)
      behind = await fill()
      this.#catalog.models.activate(version.headId)
    } catch (error) {
      // The file may be of the version that was given up.
      this.#behind = Infinity
      if (host.alive) await host.call('close', handle)
      throw error
    }
    const old = this.#lease
    this.#version = version
    this.#lease = lease(handle)
    this.#ids = ids
    this.#behind = behind
    old.retired = true
    await this.#closeUnused(old, host)
  }

  /** Writes the index file for the catalog as it is now, unless opening the library would sooner catch up. */
  async save(): Promise<void> {
    if (this.size >= LARGE && this.#behind <= CHEAP_SHARE * this.size) return
    this.#behind = 0
    await this.#write(this.#lease.handle, this.#version)
  }

  async #write(handle: number, { headId, head }: ModelVersion): Promise<void> {
    const generation = this.#catalog.settings.generation()
    const about = { dimension: head.dimension, head: headId, pipeline: PIPELINE_VERSION, generation }
    // Searches go on meanwhile where another thread can write.
    if (directIndex()) await indexBuilder().call('write', handle, this.#file, about)
    else await this.#host.call('write', handle, this.#file, about)
  }

  /**
   * The answer without another thread; undefined where that has to be asked: while something is being changed, so that
   * what was added before a question is answered with it, and once searches have taken enough of this turn.
   */
  #searchHere(handle: number, embedding: Float32Array, k: number, nprobe: number): NearestIds | undefined {
    if (this.#changing > 0 || this.#spent > LONGEST_TURN) return undefined
    const started = performance.now()
    const found = directIndex()?.trySearch(handle, embedding, k, nprobe)
    if (this.#spent === 0) setImmediate(() => (this.#spent = 0))
    this.#spent += performance.now() - started
    return found
  }

  async #change(work: Promise<void>): Promise<void> {
    this.#changing++
    try {
      await work
    } finally {
      this.#changing--
    }
  }

  #whySlow({ lists }: IndexLease, k: number): string {
    if (this.#changing > 0) return 'photos were being added or removed'
    if (lists > 0 && k > LONG_ANSWER)
      return `${k} photos were asked for, and answers longer than ${LONG_ANSWER} are exact`
    return 'the machine was busy with other work'
  }

  async #addTo(
    handle: number,
    { backboneId, head }: ModelVersion,
    photos: readonly PhotoId[],
  ): Promise<void> {
    const rows = photos.map(id => this.#catalog.features.get(backboneId, id, PIPELINE_VERSION)!)
    await this.#host.call('addFeatures', handle, head, photos, rows)
  }

  async #closeUnused(held: IndexLease, host: IndexHost): Promise<void> {
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
    const nprobe = readTuning(this.#catalog.settings, headId)?.rows.find(row => row.chosen)?.nprobe ?? 0
    this.#lease = opened && opened.lists > 0 ? lease(handle, { lists: opened.lists, nprobe }) : lease(handle)
    this.#ids = new Set(opened?.ids as Iterable<PhotoId> | undefined)
    this.#behind = opened ? 0 : Infinity
    if (opened?.generation === this.#catalog.settings.generation()) return 'none'
    const changed = await this.catchUp()
    if (changed || !opened) await this.save()
    if (!changed) return 'none'
    return opened ? 'caught-up' : 'rebuilt'
  }

  async close(): Promise<void> {
    if (this.unsaved) await this.save()
    await this.#host.call('close', this.#lease.handle)
  }
}

const neighbours = ({ ids, distances }: NearestIds): Neighbour[] =>
  Array.from(ids, (id, i) => ({ id: id as PhotoId, distance: distances[i]! })).filter(({ id }) => id > 0)

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK)
}
