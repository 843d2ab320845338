import type { ErrorCode } from './errors.ts'

/** The results of the commands, as they are printed with `--json`. Vectors and pixels are never part of them. */

export interface FailedFile {
  readonly path: string
  readonly code: ErrorCode
  readonly message: string
}

export interface ImportCounts {
  /** Photos in the library that can be reached now. After a run it is what it was before, plus added, minus removed. */
  readonly photos: number
  /** Photos that are in the library now and were not before, the restored ones among them. */
  readonly added: number
  /** Files whose content was edited in place. */
  readonly updated: number
  /** Files that were renamed or moved and kept their photo. */
  readonly moved: number
  /** Photos of which no file is left. They are marked missing, not forgotten. */
  readonly removed: number
  /** Photos known from before that had been missing. */
  readonly restored: number
  /** Further paths of photos that are already there. */
  readonly copies: number
}

export interface ImportResult extends ImportCounts {
  readonly failed: readonly FailedFile[]
  readonly seconds: number
  readonly photosPerSecond: number
}

export interface SimilarResult {
  readonly query: readonly string[]
  readonly model: string
  readonly millis: { readonly embed: number; readonly search: number; readonly total: number }
  readonly results: readonly SimilarPhoto[]
}

export interface SimilarPhoto {
  readonly rank: number
  readonly id: number
  readonly path: string
  /** Cosine similarity of the embeddings, clamped to 0…1. */
  readonly score: number
  /** Euclidean distance of the embeddings, 0…2. */
  readonly distance: number
  readonly albums: readonly string[]
}

export type Interval = readonly [low: number, high: number]

/** Retrieval quality, leave-one-out: https://arxiv.org/abs/2003.08505 defines R-precision and MAP@R. */
export type Figure = 'recallAt1' | 'recallAt10' | 'rPrecision' | 'mapAtR'

export interface Metrics extends Readonly<Record<Figure, number>> {
  readonly queries: number
  readonly interval: Readonly<Record<Figure, Interval>>
}

/** A model version: a head on a backbone. */
export interface ModelSummary {
  readonly id: number
  readonly name: string
  /** Where it comes from: with the program, from the albums of this library, or from a file. */
  readonly origin: 'bundled' | 'trained' | 'imported'
  readonly active: boolean
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly dimension: number
  /** Of a trained version: whether the gate let it replace its predecessor. */
  readonly accepted: boolean | null
  readonly albums: number | null
  readonly photos: number | null
  readonly before: Metrics | null
  readonly after: Metrics | null
}

export interface EvaluateResult extends Metrics {
  /** What the classes are: folders, albums with held-out photos asking, or albums that were not learned. */
  readonly split: 'folders' | 'closed' | 'disjoint'
  /** With disjoint albums: the same queries without what was learned. */
  readonly before?: Metrics
  readonly model: string
  readonly photos: number
  readonly classes: number
  /** Photos left out because they lie in folders of several classes. */
  readonly ambiguous: number
  readonly seconds: number
}

/** What came of making albums from folders. */
export interface AlbumImportResult {
  readonly albums: number
  /** Those among them that were not there before. */
  readonly created: number
  readonly photos: number
  readonly failed: readonly FailedFile[]
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly repaired: boolean
}

/** A way to run the network on this machine, and how it fared beside the others on the same photos. */
export interface RuntimeRow {
  /** Such as `onnxruntime-cpu`. */
  readonly runtime: string
  /**
   * `fits`: its features are the CPU's. `slow`: they are, but it was not waited for until the end. `differs`: they are not.
   * `absent`: it does not start here. `failed`: it failed, crashed or hung when it was tried; `dropped`: when it was used.
   */
  readonly state: 'fits' | 'slow' | 'differs' | 'absent' | 'failed' | 'dropped'
  /** What is wrong with it, in words; null when nothing is. */
  readonly reason: string | null
  readonly photosPerSecond: number | null
  /** The lowest cosine between its features of a photo and the CPU's. */
  readonly lowestCosine: number | null
  readonly chosen: boolean
}

/** What is known of the runtimes of a network on this machine. */
export interface RuntimeStatus {
  /** `off`: the CPU does all, by the person's or the host's wish. */
  readonly state: 'off' | 'unknown' | 'measuring' | 'measured'
  readonly network: string
  /** Milliseconds since 1970. */
  readonly measuredAt: number | null
  readonly rows: readonly RuntimeRow[]
}

export interface DoctorResult {
  readonly ok: boolean
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
  readonly library: string
  readonly photos: number
  readonly index: IndexStatus
  readonly model: string
  readonly models: readonly string[]
  /** Empty as long as they have not been measured on this machine. */
  readonly runtimes: readonly RuntimeRow[]
  readonly versions: Readonly<Record<string, string>>
}

export interface BenchResult {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGiB: number
    readonly node: string
  }
  readonly search: readonly SearchBench[]
  readonly embed: readonly EmbedBench[]
  readonly import: {
    readonly photos: number
    /** Of each photo. */
    readonly megapixels: number
    readonly photosPerSecond: number
    readonly decodeOnlyPhotosPerSecond: number
    readonly ratio: number
  }
}

/** A runtime that starts here, on the same photos as the others. */
export interface EmbedBench {
  readonly runtime: string
  readonly photosPerSecond: number
  /** The lowest cosine between its features of a photo and the CPU's. */
  readonly lowestCosine: number
  /** The one that would do the work: the fastest that agrees with the CPU. */
  readonly chosen: boolean
  /** Its speed divided by that of TensorFlow.js on WebAssembly, the network and the photos being the same. */
  readonly timesWasm: number | null
}

export interface SearchBench {
  readonly index: string
  readonly vectors: number
  readonly dim: number
  readonly p50Micros: number
  readonly p95Micros: number
  readonly recallAt10: number
  readonly buildSeconds: number
  readonly bytes: number
  /** What one thread needs to read all vectors once, the limit of exact search; absent where it was not measured. */
  readonly limitMicros?: number
  /** From the index's file to an index that can be asked. */
  readonly loadSeconds?: number
}

/** One way to search a library, as it was measured on photos of the library itself. */
export interface IndexRow {
  readonly index: string
  /** 0: every search goes through all vectors. */
  readonly lists: number
  /** Lists that are looked through for an answer of ten; 0: all. */
  readonly nprobe: number
  readonly p50Micros: number
  readonly p95Micros: number
  /** Against exact search. */
  readonly recallAt10: number
  readonly recallAt100: number
  readonly buildSeconds: number
  readonly bytes: number
  readonly chosen: boolean
}

/** What answers searches. */
export interface IndexStatus {
  readonly kind: string
  readonly vectors: number
  readonly dimension: number
  /** Lists of an inverted file; 0 where every search goes through all vectors. */
  readonly lists: number
  readonly nprobe: number
  /** Which Faiss is at work. */
  readonly library: string
  /** Vector instructions that its kernels use; null where that is not known. */
  readonly instructions: string | null
  /** Null until it was measured: exact search serves small libraries unmeasured. */
  readonly tuning: IndexTuning | null
}

/** How it was found which index serves a library. */
export interface IndexTuning {
  /** Milliseconds since 1970. */
  readonly measuredAt: number
  readonly vectors: number
  readonly dimension: number
  /** Photos that asked. */
  readonly queries: number
  /** Why this one was chosen, in plain words. */
  readonly reason: string
  readonly rows: readonly IndexRow[]
}

export interface JobProgress {
  readonly phase: string
  readonly done: number
  /** Absent while the amount of work is not known yet. */
  readonly total?: number
  /** Things per second, smoothed. */
  readonly rate: number
  readonly secondsLeft?: number
}
