/** @file The index thread: opens, writes, changes and searches vector stores for the thread that started it. */
import type { FaissBuild, NearestIds } from '../../../../native/faiss.ts'
import type { Head } from '../../vision/head/head.ts'
import { Projection } from '../../vision/head/projection-network.ts'
import { chooseVectorStore } from '../stores/choose-vector-store.ts'
import { StoreHandles } from '../stores/store-handles.ts'
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'
import { BODY, readIndexHeader, writeIndexFile, type IndexDescription } from './index-file.ts'

/** What the header of an index file must say for the file to be used. */
export interface Expected {
  readonly headId: number
  readonly dimension: number
  readonly pipeline: number
}

export interface OpenedIndex {
  readonly handle: number
  readonly ids: Uint32Array<ArrayBuffer>
  readonly generation: number
  readonly lists: number
}

/** What this machine searches with. */
export interface IndexMachine {
  readonly kind: string
  /** Why it is not Faiss; undefined where it is. */
  readonly reason: string | undefined
  readonly build: FaissBuild | undefined
  /** Vector instructions of a binding that was built here; undefined for a prebuilt one. */
  readonly instructions: string | undefined
}

const { faiss, factory } = chooseVectorStore()
const photoIndex = faiss.ok ? faiss.faiss.photoIndex : undefined
const stores = new StoreHandles(photoIndex)
const projection = new Projection()

const transferred = (found: NearestIds): Transferred<NearestIds> =>
  new Transferred(found, [found.ids.buffer, found.distances.buffer])

const api = {
  describe(): IndexMachine {
    const [name = ''] = factory.kinds
    return faiss.ok
      ? { kind: name, reason: undefined, build: faiss.build, instructions: photoIndex?.instructions }
      : { kind: name, reason: faiss.reason, build: undefined, instructions: undefined }
  },

  create(dimension: number): number {
    return stores.add(factory.create(dimension))
  },

  /** Reads an index file; undefined where it is absent, damaged, of another kind of store, or of another head. */
  open(file: string, expected: Expected): Transferred<OpenedIndex> | undefined {
    const header = readIndexHeader(file)
    if (!header || !factory.kinds.includes(header.kind)) return undefined
    if (header.pipeline !== expected.pipeline) return undefined
    if (header.head !== expected.headId || header.dimension !== expected.dimension) return undefined
    try {
      const store = factory.read(file, BODY, header.count)
      if (store.dimension !== expected.dimension) throw new RangeError('another dimension')
      const ids = store.ids()
      const { generation } = header
      return new Transferred({ handle: stores.add(store), ids, generation, lists: store.lists }, [ids.buffer])
    } catch {
      return undefined
    }
  },

  write(handle: number, file: string, about: Omit<IndexDescription, 'kind'>): void {
    const store = stores.get(handle)
    writeIndexFile(file, { ...about, kind: store.kind }, temporary => store.append(temporary))
  },

  close(handle: number): void {
    stores.close(handle)
  },

  add(handle: number, ids: readonly number[], vectors: Float32Array): void {
    stores.get(handle).add(Uint32Array.from(ids), vectors)
  },

  /** @param features float16 rows as the catalog stores them */
  async addFeatures(
    handle: number,
    head: Head,
    ids: readonly number[],
    features: readonly Uint8Array[],
  ): Promise<void> {
    stores.get(handle).add(Uint32Array.from(ids), await projection.embedStored(head, features))
  },

  remove(handle: number, ids: readonly number[]): void {
    stores.get(handle).remove(Uint32Array.from(ids))
  },

  /** @param nprobe lists of an inverted file to look through; 0: all, which is exact */
  search(handle: number, queries: Float32Array, k: number, nprobe = 0): Transferred<NearestIds> {
    return transferred(stores.get(handle).search(queries, k, nprobe))
  },

  searchAmong(handle: number, query: Float32Array, k: number, among: Uint32Array): Transferred<NearestIds> {
    return transferred(stores.get(handle).searchAmong(query, k, among))
  },

  ids(handle: number): Uint32Array {
    return stores.get(handle).ids()
  },

  /** @param features float16 rows as the catalog stores them */
  async embed(head: Head, features: readonly Uint8Array[]): Promise<Transferred<Float32Array>> {
    const embeddings = await projection.embedStored(head, features)
    return new Transferred(embeddings, [embeddings.buffer])
  },
}

export type IndexWorkerApi = typeof api

serveWorker(api)
