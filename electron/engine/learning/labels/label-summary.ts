import type { TooFewAlbums } from '../../../shared/training-wait.ts'
import { tooFewAlbums, type TrainingSet } from './training-set.ts'

/** What the labels offer for training. */
export interface LabelSummary {
  /** Albums and photos that a training would use now. */
  readonly albums: number
  readonly photos: number
  /** Photos that occur in a label. */
  readonly labelled: number
  /** Why a training cannot start; null when it can. */
  readonly blocked: TooFewAlbums | null
}

export function summariseLabels(set: TrainingSet): LabelSummary {
  const { albumsOf, trainable } = set.labels
  return {
    albums: trainable.size,
    photos: albumsOf.filter(albums => albums.some(album => trainable.has(album))).length,
    labelled: set.ids.length,
    blocked: tooFewAlbums(set),
  }
}
