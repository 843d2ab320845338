/** @file The builder thread: writes, builds and measures indexes in Faiss, while the index thread searches them. */
import { availableParallelism } from 'node:os'
import { loadPhotoIndex, type PhotoIndexModule } from '../../../../native/faiss.ts'
import { KindredError } from '../../../shared/errors.ts'
import { FaissStore } from '../stores/faiss-store.ts'
import { measureSearch, type MeasuredSearch } from './measure-search.ts'
import { writeIndexFile, type IndexDescription } from './index-file.ts'
import { serveWorker } from '../../runtime/threads/rpc.ts'

/** The thread gives way to all others; only the threads of Faiss's own matrix products do not. */
const photoIndex = requirePhotoIndex()
photoIndex.giveWay()
const threads = availableParallelism()

function requirePhotoIndex(): PhotoIndexModule {
  const module = loadPhotoIndex()
  if (module) return module
  throw new KindredError('internal', 'This Faiss binding cannot build an inverted file.')
}

const api = {
  write(handle: number, file: string, about: Omit<IndexDescription, 'kind'>): void {
    const store = new FaissStore(photoIndex, handle)
    writeIndexFile(file, { ...about, kind: store.kind }, temporary => store.append(temporary))
  },

  /** Makes an empty inverted file, whose lists are the k-means clusters of these photos. */
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

  /** Searches for the vectors of these photos, and compares with what an exact search of the first index finds. */
  measure(exact: number, handle: number, queries: Uint32Array, nprobe: number): MeasuredSearch {
    return measureSearch(photoIndex, { exact, handle, queries, nprobe })
  },
}

export type IndexBuilderApi = typeof api

serveWorker(api)
