/** @file Why a training cannot start, or does not start by itself, in codes and values: each host makes its own words. */

/** Too few albums have enough photos to learn from. */
export interface TooFewAlbums {
  readonly code: 'too-few-albums'
  /** How many albums of how many different photos learning needs. */
  readonly fewestAlbums: number
  readonly fewestPhotos: number
  /** How many there are. */
  readonly trainable: number
  /** A few of the others. */
  readonly lacking: readonly { readonly album: string; readonly needs: number }[]
}

/** Why long work should wait for the machine. */
export type MachineBusy = 'on-battery' | 'hot' | 'busy'

export type TrainingWait =
  | TooFewAlbums
  /** So many labels must have changed, and so many have. */
  | { readonly code: 'more-labels'; readonly wanted: number; readonly changed: number }
  | { readonly code: 'other-work' }
  /** Nobody must have used the computer for so long. */
  | { readonly code: 'in-use'; readonly minutes: number }
  | { readonly code: MachineBusy }
