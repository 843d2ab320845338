/** @file The shapes of files, photos and labels that every room above shares. */
import type { Damage } from '../../shared/damage.ts'
import type { AlbumId, PhotoId } from '../../shared/ids.ts'

/** Shows whether a file has changed without reading it: its size and both times (milliseconds, with fractions). */
export interface FileStamp {
  readonly size: number
  readonly modifiedMs: number
  readonly changedMs: number
}

/** How much of a date was written: what lies below it is the first of its kind. */
export type Precision = 'year' | 'month' | 'day' | 'minute' | 'second'

/** A date as a clock at the place of capture showed it. */
export interface WallClock {
  /** `2019-07-01T12:34:56`. */
  readonly text: string
  /** Digits after the second. */
  readonly subseconds?: string
  /** From UTC, such as `+02:00` or `Z`, where the file says it. */
  readonly offset?: string
  readonly precision: Precision
}

/** When a photo was taken, and the field that says so, such as `EXIF DateTimeOriginal`. */
export interface Taken extends WallClock {
  readonly from: string
}

/** The nearest city to where a photo was taken. Names are in English. */
export interface Place {
  readonly city: string
  /** A state, a province … */
  readonly region?: string
  readonly country: string
  /** ISO 3166-1, two letters. */
  readonly countryCode: string
  /** From the city to the photo. */
  readonly kilometres: number
  /** Such as `Europe/Paris`. */
  readonly timeZone?: string
}

/** Bytes of a file. */
export interface ByteSpan {
  readonly start: number
  readonly length: number
}

/** What is known of how, when and where a photo was taken, and what people wrote about it. Unknown is absent. */
export interface PhotoMetadata {
  readonly taken?: Taken
  /** Degrees, WGS 84. */
  readonly latitude?: number
  readonly longitude?: number
  readonly place?: Place
  readonly camera?: string
  readonly lens?: string
  readonly exposureSeconds?: number
  /** The f-number. */
  readonly aperture?: number
  readonly iso?: number
  /** Millimetres; the second one as on 35 mm film. */
  readonly focalLength?: number
  readonly focalLength35?: number
  /** Whether it fired. */
  readonly flash?: boolean
  /** 1 to 8 as in EXIF; decoding has applied it. */
  readonly orientation?: number
  readonly software?: string
  readonly title?: string
  readonly caption?: string
  readonly keywords?: readonly string[]
  /** Keywords with those above them, such as `Animals|Birds|Owl`. */
  readonly keywordPaths?: readonly string[]
  /** 0 to 5 stars. */
  readonly rating?: number
  /** Where the film of a motion photo lies in its file. */
  readonly film?: ByteSpan
}

/** The date of a file, for photos that have none of their own. */
export interface FileDate {
  /** Milliseconds of the wall clock as if it were UTC. */
  readonly millis: number
  readonly precision: Precision
  readonly from: FileDateSource
}

/** Its name, that of its folder, or its time of change. */
export type FileDateSource = 'file name' | 'folder name' | 'file time'

/** Why no frame of a video can be seen. */
export type StandIn = 'no-ffmpeg' | 'undecodable'

/** What only a video has. */
export interface VideoTraits {
  /** Absent where the file does not say it. */
  readonly durationSeconds: number | null
  /** Present where its picture is drawn, not decoded: nothing in it can be compared. */
  readonly standIn?: StandIn
}

/** The facts about a photo that decoding it yields. */
export interface PhotoTraits {
  readonly format: string
  /** Size as shown, after orientation. */
  readonly width: number
  readonly height: number
  readonly metadata: PhotoMetadata
  /** Absent for a photo. */
  readonly video?: VideoTraits
  /** Absent for a whole one. */
  readonly damage?: Damage
  /** 0xRRGGBB, stands in for the photo until its thumbnail is there. */
  readonly averageColor: number
  /** 8 bytes, see media/perceptual-hash.ts. */
  readonly perceptualHash: Uint8Array
}

/** What near-duplicates and bursts are recognised by. */
export interface DuplicateTraits {
  /** Absent where it is not known. */
  readonly perceptualHash: Buffer | null
  /** Milliseconds; absent where it is not known to the second. */
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
