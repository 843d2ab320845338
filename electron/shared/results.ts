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
export interface Metrics {
  readonly queries: number
  readonly recallAt1: number
  readonly recallAt10: number
  readonly rPrecision: number
  readonly mapAtR: number
  readonly interval: { readonly recallAt1: Interval; readonly mapAtR: Interval }
}

export interface EvaluateResult extends Metrics {
  readonly model: string
  readonly photos: number
  readonly classes: number
  /** Photos left out because they lie in folders of several classes. */
  readonly ambiguous: number
  readonly seconds: number
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly repaired: boolean
}

export interface DoctorResult {
  readonly ok: boolean
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
  readonly library: string
  readonly photos: number
  readonly index: { readonly kind: string; readonly vectors: number; readonly dimension: number }
  readonly model: string
  readonly models: readonly string[]
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
  readonly embed: readonly { readonly runtime: string; readonly photosPerSecond: number }[]
  readonly import: {
    readonly photos: number
    readonly photosPerSecond: number
    readonly decodeOnlyPhotosPerSecond: number
    readonly ratio: number
  }
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
