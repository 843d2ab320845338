import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The part of faiss-node that Kindred uses. Vectors are plain arrays, row after row; distances are squared. */
export interface FaissFlatIndex {
  ntotal(): number
  getDimension(): number
  add(vectors: number[]): void
  search(queries: number[], k: number): { distances: number[]; labels: number[] }
  removeIds(positions: number[]): number
  toBuffer(): Buffer
}

/** The nearest photos of each query: `queries × k` ids, padded with 0, and Euclidean distances. */
export interface NearestIds {
  readonly ids: Uint32Array<ArrayBuffer>
  readonly distances: Float32Array<ArrayBuffer>
}

/**
 * What a binding built from Kindred's sources (photo-index.cc and beside it) adds to faiss-node's classes. Handles of indexes are
 * valid in all threads of the process, and any thread may call any function.
 */
export interface PhotoIndexModule {
  /** Creates an empty index for exhaustive search. */
  create(dimension: number): number
  /** Adds vectors. An id that the index holds already keeps its vector. */
  add(handle: number, ids: Uint32Array, vectors: Float32Array): void
  remove(handle: number, ids: Uint32Array): void
  /** @param nprobe lists of an inverted file to probe; 0: all of them, which is exact */
  search(handle: number, queries: Float32Array, k: number, nprobe: number): NearestIds
  /** The same, but returns undefined instead of waiting while the index is being changed. */
  trySearch(handle: number, queries: Float32Array, k: number, nprobe: number): NearestIds | undefined
  /** Exact search for one query among given photos. */
  searchAmong(handle: number, query: Float32Array, k: number, among: Uint32Array): NearestIds
  /** Creates an empty inverted file, with k-means clusters of a sample of another index as its lists. */
  train(
    handle: number,
    lists: number,
    sample: Uint32Array,
    iterations: number,
    seed: number,
    threads: number,
  ): number
  /** Copies the vectors of these photos from another index. */
  copy(to: number, from: number, ids: Uint32Array, threads: number): void
  /** Frees memory that removals and growth left unused. */
  compact(handle: number): void
  ids(handle: number): Uint32Array<ArrayBuffer>
  /** The vectors of photos; those that are not in the index are skipped. */
  vectors(handle: number, ids: Uint32Array): Float32Array<ArrayBuffer>
  /** `lists` is 0 for exhaustive search; `bytes` includes reserved memory. */
  describe(handle: number): { size: number; dimension: number; lists: number; bytes: number }
  /** Appends the index to a file, in Faiss's own format. */
  write(handle: number, file: string): void
  read(file: string, offset: number): number
  close(handle: number): void
  /** Measures the bytes per second that one thread reads from memory. */
  bandwidth(bytes: number, rounds: number): number
  /** Lowers the priority of the calling thread. */
  giveWay(): void
  /** The vector instructions that the kernels use on this machine. */
  readonly instructions: string
}

export interface FaissModule {
  /** Absent in the prebuilt binary. */
  readonly photoIndex?: PhotoIndexModule
  readonly IndexFlatL2: {
    new (dimension: number): FaissFlatIndex
    fromBuffer(bytes: Buffer): FaissFlatIndex
  }
}

/** Where the binding comes from. */
export interface FaissBuild {
  readonly origin: 'prebuilt' | 'built here' | 'unknown'
  readonly faiss: string
  /** Of a build from Kindred's sources: changes with everything that went into it. */
  readonly key?: string
}

export type LoadedFaiss =
  | { readonly ok: true; readonly faiss: FaissModule; readonly build: FaissBuild }
  | { readonly ok: false; readonly reason: string }

const require = createRequire(import.meta.url)

/** The folder in which faiss-node looks for its binding. */
export const bindingFolder = (): string =>
  join(dirname(require.resolve('faiss-node/package.json')), 'build', 'Release')

/** Name of the file beside the binding that describes it. */
export const BUILD_NOTE = 'kindred-build.json'

/**
 * Loads the Faiss binding, or returns why there is none. With `KINDRED_NO_FAISS=1` there is none.
 *
 * faiss-node keeps its constructors in static variables of the process: only one live thread may use the result.
 */
export function loadFaiss(env: NodeJS.ProcessEnv = process.env): LoadedFaiss {
  if (env.KINDRED_NO_FAISS === '1') return { ok: false, reason: 'switched off by KINDRED_NO_FAISS' }
  try {
    const faiss = require('faiss-node') as FaissModule
    return { ok: true, faiss, build: readBuildNote() }
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return { ok: false, reason: line }
  }
}

/**
 * Returns what a build from Kindred's sources adds, which any thread may use; undefined with another binding. That one
 * is not even loaded: a second thread loading it replaces the first one's constructors, and the first one crashes.
 */
export function loadPhotoIndex(env: NodeJS.ProcessEnv = process.env): PhotoIndexModule | undefined {
  if (readBuildNote().key === undefined) return undefined
  const faiss = loadFaiss(env)
  return faiss.ok ? faiss.faiss.photoIndex : undefined
}

function readBuildNote(): FaissBuild {
  const note = join(bindingFolder(), BUILD_NOTE)
  if (!existsSync(note)) return { origin: 'unknown', faiss: 'unknown' }
  return JSON.parse(readFileSync(note, 'utf8')) as FaissBuild
}
