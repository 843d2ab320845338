import { loadFaiss } from '../../../native/faiss.ts'
import { toFloat32 } from '../catalog/float16.ts'
import { KindredError } from '../../shared/errors.ts'
import { embed, type Head } from '../embed/head.ts'
import { faissKind } from '../index/faiss-index.ts'
import { IdIndex, type IdNeighbours } from '../index/id-index.ts'
import { readIndexFile, writeIndexFile } from '../index/index-file.ts'
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

const faiss = loadFaiss()
const kind: IndexKind = faiss.ok ? faissKind(faiss.faiss) : plainKind
const indexes = new Map<number, IdIndex>()
let nextHandle = 1

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

  save(handle: number, file: string, about: { headId: number; pipeline: number; generation: number }): void {
    const index = find(handle)
    const { kind, dimension, ids } = index
    writeIndexFile(
      file,
      { kind, dimension, head: about.headId, pipeline: about.pipeline, generation: about.generation },
      ids,
      index.serialize(),
    )
  },

  close(handle: number): void {
    indexes.delete(handle)
  },

  add(handle: number, ids: readonly number[], vectors: Float32Array): void {
    find(handle).add(ids, vectors)
  },

  /** @param features float16 rows as the catalog stores them */
  addFeatures(handle: number, head: Head, ids: readonly number[], features: readonly Uint8Array[]): void {
    find(handle).add(ids, embedStored(head, features))
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
  embed(head: Head, features: readonly Uint8Array[]): Transferred<Float32Array> {
    const embeddings = embedStored(head, features)
    return new Transferred(embeddings, [embeddings.buffer])
  },
}

function embedStored(head: Head, features: readonly Uint8Array[]): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(features.length * head.inputLength)
  for (const [n, row] of features.entries()) rows.set(toFloat32(row), n * head.inputLength)
  return embed(head, rows)
}

export type IndexWorkerApi = typeof api

serveWorker(api)
