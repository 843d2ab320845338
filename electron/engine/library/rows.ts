/** @file The shapes of files, photos and labels that every room above shares. */
import type { AlbumId, PhotoId } from '../../shared/ids.ts'

/** Shows whether a file has changed without reading it: its size and both times (milliseconds, with fractions). */
export interface FileStamp {
  readonly size: number
  readonly modifiedMs: number
  readonly changedMs: number
}

/** What the camera wrote into the file. */
export interface CaptureInfo {
  /** Milliseconds of the wall clock at the place of capture, counted as if it were UTC: EXIF has no time zone. */
  readonly takenAt: number | null
  readonly camera: string | null
  /** Degrees, WGS 84. */
  readonly latitude: number | null
  readonly longitude: number | null
}

/** The facts about a photo that decoding it yields. */
export interface PhotoTraits {
  readonly format: string
  /** Size as shown, after orientation. */
  readonly width: number
  readonly height: number
  readonly capture: CaptureInfo
  /** 0xRRGGBB, stands in for the photo until its thumbnail is there. */
  readonly averageColor: number
  /** 8 bytes, see media/perceptual-hash.ts. */
  readonly perceptualHash: Uint8Array
}

/** What near-duplicates and bursts are recognised by. */
export interface DuplicateTraits {
  /** Absent where it is not known. */
  readonly perceptualHash: Buffer | null
  /** Milliseconds. */
  readonly takenAt: number | null
  readonly camera: string | null
}

/** A photo with a label. */
export interface LabelledPhoto extends DuplicateTraits {
  readonly id: PhotoId
  readonly contentHash: Buffer
  /** −1 where none was assigned yet. */
  readonly fold: number
}

/** All labels of a library, in a fixed order. */
export interface AlbumLabels {
  readonly albums: readonly {
    readonly id: AlbumId
    readonly name: string
    readonly usedForTraining: boolean
  }[]
  readonly members: readonly { readonly albumId: AlbumId; readonly photoId: PhotoId }[]
  readonly refused: readonly { readonly albumId: AlbumId; readonly photoId: PhotoId }[]
  readonly notLike: readonly { readonly anchor: PhotoId; readonly negative: PhotoId }[]
}
