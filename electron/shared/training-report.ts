import type { Figure, Interval, Metrics } from './results.ts'

/** What is reported of a training: its measurements, and what the gate made of them. */

/** A difference of two versions over the same queries, with its paired 95 % bootstrap interval. */
export interface Gain {
  readonly mean: number
  readonly interval: Interval
}

/** Queries of one album whose nearest photo is of another. */
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
  'no-gain',
  'gain-uncertain',
  'r-precision-uncertain',
  'shuffled-labels-do-as-well',
] as const
export type GateReason = (typeof gateReasons)[number]

/** The figures that a sentence about the reason needs. */
export interface ReasonFigures {
  readonly queries: number
  readonly mapAtR: Gain
  readonly rPrecision: Gain
}

/** What would help the next training. */
export type TrainingAdvice =
  | { readonly code: 'add-photos' }
  | { readonly code: 'label-more-kinds' }
  | { readonly code: 'check-albums' }
  /** The album takes part once it has this many more photos. */
  | { readonly code: 'fill-album'; readonly album: string; readonly needs: number }

/** The gate's decision, in codes and figures: each host words it itself. */
export interface GateDecision {
  readonly accepted: boolean
  readonly reason: GateReason
  readonly reasonFigures: ReasonFigures
  /** Empty when nothing is lacking. */
  readonly advice: readonly TrainingAdvice[]
}

/** The same as early releases stored it: whole sentences. */
export interface WordedDecision {
  readonly accepted: boolean
  readonly reason: string
  readonly reasonFigures?: undefined
  readonly advice: readonly string[]
}

/** Everything that was measured of a training, on photos that it has not seen, and what the gate made of it. */
export type TrainingReport = TrainingMeasurements & (GateDecision | WordedDecision)

export interface TrainingMeasurements {
  readonly model: string
  /** The version that it was compared with. */
  readonly previous: string
  readonly albums: number
  /** Labelled photos that took part, the held-out ones among them. */
  readonly photos: number
  readonly heldOut: number
  readonly seconds: number
  readonly seed: number
  readonly createdAt: number
  /** Splits that were trained and measured; few labels are measured by cross-validation. */
  readonly folds: number
  readonly backend: string
  readonly deep: boolean
  readonly before: Metrics
  readonly after: Metrics
  /** The version that came with the program, on the same queries. */
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
  /** What becomes of photos in no album. */
  readonly neighbours: {
    readonly photos: number
    /** Share of their ten nearest that stay, 0…1; and share of those that they had in the version that was shipped. */
    readonly overlapAt10: number
    readonly shippedOverlapAt10: number
    /** Participation ratio of the embeddings' covariance: how many directions they fill. */
    readonly dimensionsBefore: number
    readonly dimensionsAfter: number
    /** How often the photo that is found most often is found, among ten nearest, against the mean. */
    readonly hubnessBefore: number
    readonly hubnessAfter: number
    readonly ok: boolean
  }
  readonly confusions: { readonly gone: readonly Confusion[]; readonly come: readonly Confusion[] }
  /** Albums that have too few photos to teach, and how many more they need. */
  readonly tooSmall: readonly { readonly album: string; readonly photos: number; readonly needs: number }[]
  /** The library in two dimensions, 0…1, before and after. */
  readonly map: {
    readonly ids: readonly number[]
    /** Index into albumNames, −1 for photos in no album. */
    readonly albums: readonly number[]
    readonly albumNames: readonly string[]
    readonly before: { readonly x: readonly number[]; readonly y: readonly number[] }
    readonly after: { readonly x: readonly number[]; readonly y: readonly number[] }
  }
}
