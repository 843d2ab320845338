import type { Metadata, Sharp } from 'sharp'

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
  /**
   * Decodes the image, or a smaller copy in the file that suffices.
   * @param shortSide pixels of the short side that are needed at least; Infinity for all there are
   * @throws KindredError with the code of what is wrong with the file
   */
  pixels(shortSide: number): Promise<Pixels>
}
