import sharp, { type Metadata } from 'sharp'
import { KindredError } from '../../shared/errors.ts'
import { explainDecodeError } from './decode-error.ts'
import { formatName } from './image-formats.ts'
import { limits } from './limits.ts'

/** The metadata of an image that is within the limits and of a format that Kindred reads. */
export type ImageMetadata = Metadata & { width: number; height: number }

/**
 * Reads the metadata and checks it before anything is decoded.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function readMetadata(bytes: Buffer): Promise<ImageMetadata> {
  let metadata: Metadata
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (error) {
    throw await explainDecodeError(error, bytes)
  }
  const { width, height, pages = 1, format } = metadata
  if (formatName(format) === undefined || (format === 'heif' && metadata.compression !== 'av1'))
    throw new KindredError('unsupported-format', `Kindred cannot read ${format.toUpperCase()} files yet.`)
  if (width * height > limits.pixels) {
    const size = `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`
    throw new KindredError(
      'too-many-pixels',
      `This image has ${size} pixels, more than can be decoded safely.`,
    )
  }
  if (pages > limits.frames)
    throw new KindredError('too-many-frames', `This animation has ${pages.toLocaleString('en')} frames.`)
  return metadata
}

/** The size as shown, after orientation. */
export function shownSize(metadata: Metadata): { width: number; height: number } {
  const { width, height } = metadata.autoOrient
  return { width, height }
}
