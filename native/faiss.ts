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

/** What the nearest photos are: `queries × k` ids, 0 where there are fewer, and Euclidean distances. */
export interface NearestIds {
  readonly ids: Uint32Array<ArrayBuffer>
  readonly distances: Float32Array<ArrayBuffer>
}

/**
 * What a binding that was built here offers beside faiss-node's classes (photo-index.cc). Indexes are named by handles
 * that mean the same in every thread of the process; any thread may call any of these.
 */
export interface PhotoIndexModule {
  /** An empty index for exhaustive search. */
  create(dimension: number): number
  /** An id that is there already keeps its vector. */
  add(handle: number, ids: Uint32Array, vectors: Float32Array): void
  remove(handle: number, ids: Uint32Array): void
  /** @param nprobe lists of an inverted file that are looked through; 0: all of them, which is exact */
  search(handle: number, queries: Float32Array, k: number, nprobe: number): NearestIds
  /** The same, but undefined instead of waiting while something is being changed. */
  trySearch(handle: number, queries: Float32Array, k: number, nprobe: number): NearestIds | undefined
  /** The nearest of one query among chosen photos, exactly. */
  searchAmong(handle: number, query: Float32Array, k: number, among: Uint32Array): NearestIds
  /** An empty inverted file whose lists are the k-means clusters of a sample of another index. */
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
  /** Gives back room that removals and growth left unused. */
  compact(handle: number): void
  ids(handle: number): Uint32Array<ArrayBuffer>
  /** The vectors of photos, absent ones left out. */
  vectors(handle: number, ids: Uint32Array): Float32Array<ArrayBuffer>
  /** Lists are 0 for an index of exhaustive search; bytes include room that was set aside. */
  describe(handle: number): { size: number; dimension: number; lists: number; bytes: number }
  /** Appends the index to a file, in Faiss's own format. */
  write(handle: number, file: string): void
  read(file: string, offset: number): number
  close(handle: number): void
  /** Bytes a second that one thread reads from memory. */
  bandwidth(bytes: number, rounds: number): number
  /** Lets this thread give way to all others. */
  giveWay(): void
  /** The vector instructions that its kernels use on this machine. */
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

/** Where the binding came from. */
export interface FaissBuild {
  readonly origin: 'prebuilt' | 'built here' | 'unknown'
  readonly faiss: string
  /** Of a build of ours: changes with everything that went into it. */
  readonly key?: string
}

export type LoadedFaiss =
  | { readonly ok: true; readonly faiss: FaissModule; readonly build: FaissBuild }
  | { readonly ok: false; readonly reason: string }

const require = createRequire(import.meta.url)

/** Folder of the binding, where faiss-node looks for it. */
export const bindingFolder = (): string =>
  join(dirname(require.resolve('faiss-node/package.json')), 'build', 'Release')

/** Written beside the binding by the one who put it there. */
export const BUILD_NOTE = 'kindred-build.json'

/**
 * Loads the Faiss binding, or says why there is none. `KINDRED_NO_FAISS=1` pretends that there is none.
 *
 * faiss-node keeps its constructors in a static of the process: only one live thread may use what this answers.
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
 * What a binding that was built here adds, for any thread. Undefined where there is another binding: that one is not
 * even loaded, because a second thread that does so takes the constructors of the first, which then crashes.
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
