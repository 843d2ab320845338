import type { PartRole, PhotoMetadataDetails } from './contract.ts'
import type { DamageKind } from './damage.ts'
import type { ErrorCode } from './errors.ts'

/** The results of the commands, as `--json` prints them. They never contain vectors or pixels. */

export interface FailedFile {
  readonly path: string
  readonly code: ErrorCode
  readonly message: string
}

/** A file that was read although a part of it is missing. */
export interface DamagedFile {
  readonly path: string
  readonly kind: DamageKind
  /** Of the picture, how much is missing, 0…1; 0 where no place in it is. */
  readonly share: number
  /** In words. */
  readonly message: string
}

export interface ImportCounts {
  /** Photos in the library that can be reached: the number before the run, plus added, minus removed. */
  readonly photos: number
  /** Photos that are new in the library, the restored ones included. */
  readonly added: number
  /** Files whose content was edited in place. */
  readonly updated: number
  /** Files that were renamed or moved and kept their photo. */
  readonly moved: number
  /** Photos without any file left. They are marked missing, not deleted. */
  readonly removed: number
  /** Missing photos that have a file again. */
  readonly restored: number
  /** Further paths of photos that are already in the library. */
  readonly copies: number
}

export interface ImportResult extends ImportCounts {
  readonly failed: readonly FailedFile[]
  /** Files in these folders of which a part is missing. Their photos are in the library. */
  readonly damaged: readonly DamagedFile[]
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

/** All that is known about a photo; unknown is null. */
export interface ShownPhoto extends Omit<PhotoMetadataDetails, 'takenAt' | 'takenOffset' | 'place'> {
  readonly id: number
  readonly path: string
  /** Its other paths. */
  readonly copies: readonly string[]
  /** The wall clock as `2019-07-01T12:34:56`, with a time zone where the file has one. */
  readonly takenAt: string | null
  /** The nearest city, its region and its country. */
  readonly place: string | null
  readonly placeDetails: PhotoMetadataDetails['place']
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly format: string
  /** Files that belong to it and are no photos of their own; of a motion photo its film, at the same path. */
  readonly parts: readonly { readonly role: PartRole; readonly path: string }[]
  /** The path of the photo that it is a part of. */
  readonly partOf: string | null
  /** Names of the albums that it is in. */
  readonly albums: readonly string[]
  readonly words: readonly { readonly word: string; readonly confidence: number }[]
  /** What of it is missing, in words. */
  readonly damaged: string | null
}

export interface ShowResult {
  readonly photos: readonly ShownPhoto[]
  /** Paths at which there are none. */
  readonly failed: readonly FailedFile[]
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
  /** Shipped with the program, trained on this library's albums, or imported from a file. */
  readonly origin: 'bundled' | 'trained' | 'imported'
  readonly active: boolean
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly dimension: number
  /** Of a trained version: whether it passed the gate and replaced its predecessor. */
  readonly accepted: boolean | null
  readonly albums: number | null
  readonly photos: number | null
  readonly before: Metrics | null
  readonly after: Metrics | null
}

export interface EvaluateResult extends Metrics {
  /** Queries: all photos by folder, held-out photos of learned albums, or photos of albums that were not learned. */
  readonly split: 'folders' | 'closed' | 'disjoint'
  /** With `disjoint`: the same queries before training. */
  readonly before?: Metrics
  readonly model: string
  readonly photos: number
  readonly classes: number
  /** Photos left out because they lie in folders of several classes. */
  readonly ambiguous: number
  readonly seconds: number
}

/** The outcome of making albums from folders. */
export interface AlbumImportResult {
  readonly albums: number
  /** The new ones among them. */
  readonly created: number
  readonly photos: number
  readonly failed: readonly FailedFile[]
}

/** The same with the id of the change that it was, for undo; null where all was as wanted. */
export interface AlbumsMade extends AlbumImportResult {
  readonly change: number | null
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly repaired: boolean
}

/** A runtime on this machine, and how it did on the same photos as the others. */
export interface RuntimeRow {
  /** Such as `onnxruntime-cpu`. */
  readonly runtime: string
  /**
   * `fits`: its features agree with the CPU's. `slow`: they agree, but the measurement was cut short. `differs`: they
   * disagree. `absent`: it does not start here. `failed`: it failed, crashed or hung in the measurement; `dropped`: in
   * later use.
   */
  readonly state: 'fits' | 'slow' | 'differs' | 'absent' | 'failed' | 'dropped'
  /** What is wrong with it, in words; null when nothing is. */
  readonly reason: string | null
  readonly photosPerSecond: number | null
  /** The lowest cosine between its features of a photo and the CPU's. */
  readonly lowestCosine: number | null
  readonly chosen: boolean
}

/** What is known about a network's runtimes on this machine. */
export interface RuntimeStatus {
  /** `off`: only the CPU is used, because the user or the host chose so. */
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
  /** Empty until they have been measured on this machine. */
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

/** A runtime that starts on this machine, measured on the same photos as the others. */
export interface EmbedBench {
  readonly runtime: string
  readonly photosPerSecond: number
  /** The lowest cosine between its features of a photo and the CPU's. */
  readonly lowestCosine: number
  /** Whether Kindred would use it: the fastest runtime that agrees with the CPU. */
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
  /** Time for one thread to read all vectors once, the limit of exact search; absent if it was not measured. */
  readonly limitMicros?: number
  /** From the index file to an index that is ready for searches. */
  readonly loadSeconds?: number
}

/** One kind of index, measured with photos of the library as queries. */
export interface IndexRow {
  readonly index: string
  /** Lists of the inverted file; 0: exhaustive search. */
  readonly lists: number
  /** Lists that a search for the ten nearest probes; 0: all. */
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

/** The index that serves searches. */
export interface IndexStatus {
  readonly kind: string
  readonly vectors: number
  readonly dimension: number
  /** Lists of the inverted file; 0: exhaustive search. */
  readonly lists: number
  readonly nprobe: number
  /** The Faiss that is in use. */
  readonly library: string
  /** Vector instructions that its kernels use; null if unknown. */
  readonly instructions: string | null
  /** Null until it is measured: small libraries use exact search without a measurement. */
  readonly tuning: IndexTuning | null
}

/** Why a kind of index was chosen; `exact-only`: this machine has no other. */
export const tuningReasons = ['exact-only', 'fast-enough', 'nothing-faster', 'fastest'] as const

/** How the index of a library was chosen. */
export interface IndexTuning {
  /** Milliseconds since 1970. */
  readonly measuredAt: number
  readonly vectors: number
  readonly dimension: number
  /** Photos that served as queries. */
  readonly queries: number
  readonly reason: (typeof tuningReasons)[number]
  readonly rows: readonly IndexRow[]
}

export interface JobProgress {
  readonly phase: string
  readonly done: number
  /** Absent while the amount of work is unknown. */
  readonly total?: number
  /** Items per second, smoothed. */
  readonly rate: number
  readonly secondsLeft?: number
}
