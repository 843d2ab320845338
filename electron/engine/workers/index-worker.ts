import { loadFaiss } from '../../../native/faiss.ts'
import { KindredError } from '../../shared/errors.ts'
import type { Head } from '../embed/head.ts'
import { Projection } from '../embed/projection-network.ts'
import { faissKind } from '../index/faiss-index.ts'
import { IdIndex, type IdNeighbours } from '../index/id-index.ts'
import { readIndexFile } from '../index/index-file.ts'
import { plainKind } from '../index/plain-index.ts'
import type { IndexKind } from '../index/vector-index.ts'
import { serveWorker, Transferred } from './rpc.ts'

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
}

export interface SerializedIndex {
  readonly kind: string
  readonly ids: Uint32Array<ArrayBuffer>
  readonly body: Uint8Array
}

const faiss = loadFaiss()
const kind: IndexKind = faiss.ok ? faissKind(faiss.faiss) : plainKind
const indexes = new Map<number, IdIndex>()
let nextHandle = 1
const projection = new Projection()

function find(handle: number): IdIndex {
  const index = indexes.get(handle)
  if (!index) throw new KindredError('internal', `There is no index ${handle}.`)
  return index
}

function keep(index: IdIndex): number {
  indexes.set(nextHandle, index)
  return nextHandle++
}

const api = {
  /** Which kind of index this machine runs, and why if it is not Faiss. */
  describe(): {
    kind: string
    reason: string | undefined
    build: Readonly<Record<string, unknown>> | undefined
  } {
    return faiss.ok
      ? { kind: kind.kind, reason: undefined, build: { ...faiss.build } }
      : { kind: kind.kind, reason: faiss.reason, build: undefined }
  },

  create(dimension: number): number {
    return keep(IdIndex.empty(kind, dimension))
  },

  /** Reads an index file; undefined when it is absent, damaged, of another kind of index or of another head. */
  open(file: string, expected: Expected): OpenedIndex | undefined {
    const stored = readIndexFile(file)
    if (stored?.header.kind !== kind.kind) return undefined
    if (stored.header.pipeline !== expected.pipeline) return undefined
    if (stored.header.head !== expected.headId || stored.header.dimension !== expected.dimension)
      return undefined
    try {
      const index = IdIndex.restore(kind, stored.ids, stored.body, expected.dimension)
      return { handle: keep(index), ids: index.ids, generation: stored.header.generation }
    } catch {
      return undefined
    }
  },

  /** The index as bytes, to be written elsewhere: this thread goes on answering meanwhile. */
  serialize(handle: number): Transferred<SerializedIndex> {
    const index = find(handle)
    // Copied, because memory that Faiss owns cannot be handed to another thread.
    const body = new Uint8Array(index.serialize())
    const { ids } = index
    return new Transferred({ kind: index.kind, ids, body }, [body.buffer, ids.buffer])
  },

  close(handle: number): void {
    indexes.delete(handle)
  },

  add(handle: number, ids: readonly number[], vectors: Float32Array): void {
    find(handle).add(ids, vectors)
  },

  /** @param features float16 rows as the catalog stores them */
  async addFeatures(
    handle: number,
    head: Head,
    ids: readonly number[],
    features: readonly Uint8Array[],
  ): Promise<void> {
    find(handle).add(ids, await projection.embedStored(head, features))
  },

  remove(handle: number, ids: readonly number[]): void {
    find(handle).remove(ids)
  },

  search(handle: number, queries: Float32Array, k: number): Transferred<IdNeighbours> {
    const found = find(handle).search(queries, k)
    return new Transferred(found, [found.ids.buffer])
  },

  ids(handle: number): Uint32Array {
    return find(handle).ids
  },

  /** @param features float16 rows as the catalog stores them */
  async embed(head: Head, features: readonly Uint8Array[]): Promise<Transferred<Float32Array>> {
    const embeddings = await projection.embedStored(head, features)
    return new Transferred(embeddings, [embeddings.buffer])
  },
}

export type IndexWorkerApi = typeof api

serveWorker(api)
