/** @file What is reported of a training: its measurements and the gate's decision. */
import type { Figure, Interval, Metrics } from './results.ts'

/** Difference of two versions on the same queries, with its paired 95 % bootstrap interval. */
export interface Gain {
  readonly mean: number
  readonly interval: Interval
}

/** Number of queries of one album whose nearest photo is in another. */
export interface Confusion {
  readonly album: string
  readonly takenFor: string
  readonly before: number
  readonly after: number
}

/** Why the gate accepted or refused a trained version. */
export const gateReasons = [
  'improved',
  'too-few-queries',
  'neighbourhoods-lost',
  'already-good',
  'no-gain',
  'gain-uncertain',
  'r-precision-uncertain',
  'shuffled-labels-do-as-well',
  'too-few-agree',
] as const
export type GateReason = (typeof gateReasons)[number]

/** Figures for a sentence about the reason. */
export interface ReasonFigures {
  readonly queries: number
  /** MAP@R of the version before; absent in reports of earlier releases. */
  readonly mapAtRBefore?: number | undefined
  readonly mapAtR: Gain
  readonly rPrecision: Gain
}

/** How likely so large a gain would be by chance, asked in three ways (evaluation/gate.ts): each must not exceed the limit. */
export interface GateEvidence {
  /** The how manieth comparison on these held-out photos it was. */
  readonly look: number
  readonly limit: number
  readonly bursts: number
  readonly albums: number
  readonly labels: number
}

/** What would help the next training. */
export type TrainingAdvice =
  | { readonly code: 'add-photos' }
  | { readonly code: 'label-more-kinds' }
  | { readonly code: 'check-albums' }
  /** The album is used for training once it has this many more photos. */
  | { readonly code: 'fill-album'; readonly album: string; readonly needs: number }

/** The gate's decision, in codes and figures: each host makes its own sentences of it. */
export interface GateDecision {
  readonly accepted: boolean
  readonly reason: GateReason
  readonly reasonFigures: ReasonFigures
  /** Absent in reports of earlier releases. */
  readonly evidence?: GateEvidence
  /** Empty when nothing is lacking. */
  readonly advice: readonly TrainingAdvice[]
}

/** The decision as early releases stored it: in sentences. */
export interface WordedDecision {
  readonly accepted: boolean
  readonly reason: string
  readonly reasonFigures?: undefined
  readonly advice: readonly string[]
}

/** Everything that was measured of a training, on held-out photos, and the gate's decision. */
export type TrainingReport = TrainingMeasurements & (GateDecision | WordedDecision)

export interface TrainingMeasurements {
  readonly model: string
  /** The version that it was compared with. */
  readonly previous: string
  readonly albums: number
  /** Labelled photos, the held-out ones included. */
  readonly photos: number
  readonly heldOut: number
  readonly seconds: number
  readonly seed: number
  readonly createdAt: number
  /** Splits that were trained and measured: with few labels, the folds of a cross-validation. */
  readonly folds: number
  readonly backend: string
  readonly deep: boolean
  readonly before: Metrics
  readonly after: Metrics
  /** The version that ships with the program, on the same queries. */
  readonly baseline: Metrics
  readonly gain: Readonly<Record<Figure, Gain>>
  /** By gain, the largest first. */
  readonly perAlbum: readonly {
    readonly album: string
    readonly photos: number
    readonly before: Metrics
    readonly after: Metrics
  }[]
  readonly curve: readonly { readonly step: number; readonly loss: number; readonly mapAtR?: number }[]
  /** How the neighbourhoods of photos in no album change. */
  readonly neighbours: {
    readonly photos: number
    /** Share of their ten nearest photos that stay the same, 0…1. */
    readonly overlapAt10: number
    /** The same, compared with the version that ships with the program. */
    readonly shippedOverlapAt10: number
    /** Effective number of dimensions: the participation ratio of the embeddings' covariance. */
    readonly dimensionsBefore: number
    readonly dimensionsAfter: number
    /** How often the most frequent photo is among the ten nearest of others, divided by the mean. */
    readonly hubnessBefore: number
    readonly hubnessAfter: number
    readonly ok: boolean
  }
  readonly confusions: { readonly gone: readonly Confusion[]; readonly come: readonly Confusion[] }
  /** Albums with too few photos to learn from, and how many more they need. */
  readonly tooSmall: readonly { readonly album: string; readonly photos: number; readonly needs: number }[]
  /**
   * A held-out photo with its nearest in both versions: the one in the middle of those for which the number of hits has
   * changed. Null where none has changed; absent in reports of earlier releases.
   */
  readonly typical?: {
    readonly photo: number
    /** Held-out photos that were looked at, those for which it has changed, and those of them that gained. */
    readonly queries: number
    readonly changed: number
    readonly better: number
    readonly before: { readonly ids: readonly number[]; readonly hits: readonly boolean[] }
    readonly after: { readonly ids: readonly number[]; readonly hits: readonly boolean[] }
  } | null
  /** A map of the library in two dimensions, coordinates 0…1, before and after. */
  readonly map: {
    readonly ids: readonly number[]
    /** Index into albumNames, −1 for photos in no album. */
    readonly albums: readonly number[]
    readonly albumNames: readonly string[]
    readonly before: { readonly x: readonly number[]; readonly y: readonly number[] }
    readonly after: { readonly x: readonly number[]; readonly y: readonly number[] }
  }
}
