import type { FaissBuild, NearestIds } from '../../../../native/faiss.ts'
import { KindredError } from '../../../shared/errors.ts'
import type { Head } from '../../vision/head/head.ts'
import { Projection } from '../../vision/head/projection-network.ts'
import { FaissStore } from '../stores/faiss-store.ts'
import { BODY, readIndexHeader, writeIndexFile, type IndexDescription } from './index-file.ts'
import type { VectorStore } from '../stores/vector-store.ts'
import { storeOfMachine } from '../stores/machine-store.ts'
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'

/** What an index file must say to be used. */
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

export interface IndexMachine {
  readonly kind: string
  /** Why it is not Faiss. */
  readonly reason: string | undefined
  readonly build: FaissBuild | undefined
  /** Vector instructions of the binding that was built here; undefined for another one. */
  readonly instructions: string | undefined
}

const { faiss, kind } = storeOfMachine()
const photoIndex = faiss.ok ? faiss.faiss.photoIndex : undefined
/** Those that live in this thread; Faiss's own are the process's. */
const held = new Map<number, VectorStore>()
let nextHandle = 1
const projection = new Projection()

function find(handle: number): VectorStore {
  const vectors = photoIndex ? new FaissStore(photoIndex, handle) : held.get(handle)
  if (!vectors) throw new KindredError('internal', `There is no index ${handle}.`)
  return vectors
}

function keep(vectors: VectorStore): number {
  if (vectors instanceof FaissStore) return vectors.handle
  held.set(nextHandle, vectors)
  return nextHandle++
}

const answered = (found: NearestIds): Transferred<NearestIds> =>
  new Transferred(found, [found.ids.buffer, found.distances.buffer])

const api = {
  describe(): IndexMachine {
    const [name = ''] = kind.kinds
    return faiss.ok
      ? { kind: name, reason: undefined, build: faiss.build, instructions: photoIndex?.instructions }
      : { kind: name, reason: faiss.reason, build: undefined, instructions: undefined }
  },

  create(dimension: number): number {
    return keep(kind.create(dimension))
  },

  /** Reads an index file; undefined when it is absent, damaged, of another kind of index or of another head. */
  open(file: string, expected: Expected): Transferred<OpenedIndex> | undefined {
    const header = readIndexHeader(file)
    if (!header || !kind.kinds.includes(header.kind)) return undefined
    if (header.pipeline !== expected.pipeline) return undefined
    if (header.head !== expected.headId || header.dimension !== expected.dimension) return undefined
    try {
      const vectors = kind.read(file, BODY, header.count)
      if (vectors.dimension !== expected.dimension) throw new RangeError('another dimension')
      const ids = vectors.ids()
      const { generation } = header
      return new Transferred({ handle: keep(vectors), ids, generation, lists: vectors.lists }, [ids.buffer])
    } catch {
      return undefined
    }
  },

  write(handle: number, file: string, about: Omit<IndexDescription, 'kind' | 'count'>): void {
    const vectors = find(handle)
    writeIndexFile(file, { ...about, kind: vectors.kind, count: vectors.size }, temporary =>
      vectors.append(temporary),
    )
  },

  close(handle: number): void {
    find(handle).close()
    held.delete(handle)
  },

  add(handle: number, ids: readonly number[], vectors: Float32Array): void {
    find(handle).add(Uint32Array.from(ids), vectors)
  },

  /** @param features float16 rows as the catalog stores them */
  async addFeatures(
    handle: number,
    head: Head,
    ids: readonly number[],
    features: readonly Uint8Array[],
  ): Promise<void> {
    find(handle).add(Uint32Array.from(ids), await projection.embedStored(head, features))
  },

  remove(handle: number, ids: readonly number[]): void {
    find(handle).remove(Uint32Array.from(ids))
  },

  /** @param nprobe lists of an inverted file that are looked through; 0: all, which is exact */
  search(handle: number, queries: Float32Array, k: number, nprobe = 0): Transferred<NearestIds> {
    return answered(find(handle).search(queries, k, nprobe))
  },

  searchAmong(handle: number, query: Float32Array, k: number, among: Uint32Array): Transferred<NearestIds> {
    return answered(find(handle).searchAmong(query, k, among))
  },

  ids(handle: number): Uint32Array {
    return find(handle).ids()
  },

  /** @param features float16 rows as the catalog stores them */
  async embed(head: Head, features: readonly Uint8Array[]): Promise<Transferred<Float32Array>> {
    const embeddings = await projection.embedStored(head, features)
    return new Transferred(embeddings, [embeddings.buffer])
  },
}

export type IndexWorkerApi = typeof api

serveWorker(api)
