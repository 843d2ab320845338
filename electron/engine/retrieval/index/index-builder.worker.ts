import { availableParallelism } from 'node:os'
import type { PhotoIndexModule } from '../../../../native/faiss.ts'
import { loadPhotoIndex } from '../../../../native/faiss.ts'
import { KindredError } from '../../../shared/errors.ts'
import { FaissStore } from '../stores/faiss-store.ts'
import { measureSearch, type MeasuredSearch } from './measure-search.ts'
import { writeIndexFile, type IndexDescription } from './index-file.ts'
import { serveWorker } from '../../runtime/threads/rpc.ts'

/**
 * The slow work on indexes that live in Faiss: another thread searches meanwhile. It gives way to all others, the
 * threads of Faiss's own matrix products excepted.
 */
const photoIndex = requirePhotoIndex()
photoIndex.giveWay()
const threads = availableParallelism()

function requirePhotoIndex(): PhotoIndexModule {
  const module = loadPhotoIndex()
  if (module) return module
  throw new KindredError('internal', 'This Faiss binding cannot build an inverted file.')
}

const api = {
  write(handle: number, file: string, about: Omit<IndexDescription, 'kind' | 'count'>): void {
    const vectors = new FaissStore(photoIndex, handle)
    writeIndexFile(file, { ...about, kind: vectors.kind, count: vectors.size }, temporary =>
      vectors.append(temporary),
    )
  },

  /** An empty inverted file with the k-means clusters of these photos. */
  train(handle: number, lists: number, sample: Uint32Array, iterations: number, seed: number): number {
    return photoIndex.train(handle, lists, sample, iterations, seed, threads)
  },

  copy(to: number, from: number, ids: Uint32Array): void {
    photoIndex.copy(to, from, ids, threads)
  },

  compact(handle: number): void {
    photoIndex.compact(handle)
  },

  bytes(handle: number): number {
    return photoIndex.describe(handle).bytes
  },

  /** Asks with the vectors of these photos, and compares with what an exact search of the first index finds. */
  measure(exact: number, handle: number, queries: Uint32Array, nprobe: number): MeasuredSearch {
    return measureSearch(photoIndex, { exact, handle, queries, nprobe })
  },
}

export type IndexBuilderApi = typeof api

serveWorker(api)
