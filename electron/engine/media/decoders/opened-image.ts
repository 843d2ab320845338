import type { Metadata, Sharp } from 'sharp'
import type { Damage } from '../../../shared/damage.ts'
import type { Side } from '../formats/missing-part.ts'

/** What an image says of itself. */
export interface ImageMetadata extends Pick<Metadata, 'exif' | 'xmp' | 'iptc' | 'comments'> {
  /** As it is shown and stored, such as `JPEG` or `NEF`. */
  readonly format: string
  /** Pixels as shown, after orientation. */
  readonly width: number
  readonly height: number
}

/** Pixels that are upright, not yet resized. */
export interface Pixels {
  readonly image: Sharp
  /** Profile of their colours where the image itself carries none. */
  readonly icc?: Buffer | undefined
}

/** An image whose header was read and is within the limits. */
export interface OpenedImage {
  readonly metadata: ImageMetadata
  /** The bytes that are decoded: the file, or the picture in it. */
  readonly encoded: Buffer
  /** Bytes of memory that decoding takes at most. */
  readonly memory: number
  /** A whole, upright JPEG in sRGB: any browser shows it as it is. */
  readonly isPlainJpeg: boolean
  /** What of it is missing, as far as that is known before it is decoded. */
  readonly damage?: Damage | undefined
  /** Absent where decoding fails unless the image is whole, or nothing can be had of one that is not. */
  readonly remains?: Remains | undefined
  /**
   * Decodes the image, or a smaller copy in the file that suffices.
   * @param shortSide pixels of the short side that are needed at least; Infinity for all there are
   * @throws KindredError with the code of what is wrong with the file
   */
  pixels(shortSide: number): Promise<Pixels>
}

/** What is left of an image that is damaged or cut off. */
export interface Remains {
  /** Where grey in place of what is missing shows, without a failure; absent where decoding fails then. */
  readonly greyAt?: Side
  /**
   * Examines the image, and opens what is there. Where nothing is missing after all, that has no damage.
   * @param hasFailed whether decoding has failed, so that something is wrong with its data
   * @throws KindredError where too little is left
   */
  open(hasFailed: boolean): Promise<OpenedImage>
}
