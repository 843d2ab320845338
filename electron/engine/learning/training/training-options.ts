import type { Mining } from './triplets.ts'

export type LossChoice =
  | {
      readonly kind: 'triplet'
      readonly mining: Mining
      readonly margin: number | { readonly soft: number }
    }
  | { readonly kind: 'contrastive'; readonly temperature: number }

export interface TrainingOptions {
  readonly loss: LossChoice
  readonly dimension: number
  readonly steps: number
  readonly albumsPerBatch: number
  readonly photosPerAlbum: number
  readonly learningRate: number
}

/** What won on Flowers (docs/training.md): P = 32 albums × K = 4 photos a batch, semi-hard triplets, margin 0.2. */
const chosen: Omit<TrainingOptions, 'steps'> = {
  loss: { kind: 'triplet', mining: 'semi-hard', margin: 0.2 },
  dimension: 256,
  albumsPerBatch: 32,
  photosPerAlbum: 4,
  learningRate: 1e-3,
}

/** Few labels overfit soon, so that steps grow with the labels, up to 600: more gained nothing. */
export const optionsFor = (photos: number): TrainingOptions => ({
  ...chosen,
  steps: Math.min(600, Math.max(60, Math.round(photos / 8))),
})
