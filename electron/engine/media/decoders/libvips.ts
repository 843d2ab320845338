import sharp, { type Metadata, type Sharp } from 'sharp'
import type { Damage } from '../../../shared/damage.ts'
import { KindredError } from '../../../shared/errors.ts'
import { explainDecodeError } from '../formats/decode-error.ts'
import { exifDirectories, exifExcerpt } from '../formats/exif-excerpt.ts'
import { formatName } from '../formats/image-formats.ts'
import { limits } from '../formats/limits.ts'
import { sideOfLastRows } from '../formats/missing-part.ts'
import { missingTiffParts } from '../formats/tiff-parts.ts'
import { Tiff } from '../formats/tiff.ts'
import { refuseBeyondLimits } from './beyond-limits.ts'
import { libvipsMemory } from './libvips-memory.ts'
import { openIncompleteTiff } from './incomplete-tiff.ts'
import type { OpenedImage, Pixels, Remains } from './opened-image.ts'
import { hasRemains, leftOver } from './remains.ts'
import { sampleScale } from './sample-range.ts'

// Several photos are decoded at once; threads inside each call as well would only wait for one another.
sharp.concurrency(1)
// Each photo is decoded once: cached operations of libvips would never be used again.
sharp.cache(false)

/**
 * Opens an image of a format that libvips decodes: JPEG, PNG, WebP, AVIF, TIFF, GIF.
 * @param known its metadata, where they were read before
 * @throws KindredError with the code of what is wrong with the file
 */
export async function openWithLibvips(bytes: Buffer, known?: Metadata): Promise<OpenedImage> {
  const metadata = known ?? (await readMetadata(bytes))
  const format = formatName(metadata.format)
  if (format === undefined)
    throw new KindredError(
      'unsupported-format',
      `Kindred cannot read ${metadata.format.toUpperCase()} files yet.`,
    )
  refuseBeyondLimits(metadata)
  const { exif = exifOfTiff(bytes), xmp, iptc, comments } = metadata
  const { width, height } = metadata.autoOrient
  const described = { format, width, height, exif, xmp, iptc, comments }
  const memory = libvipsMemory(metadata)
  const open = (encoded: Buffer): OpenedImage => ({
    metadata: described,
    encoded,
    memory,
    isPlainJpeg: isPlainJpeg(encoded, metadata),
    pixels: () => decode(encoded, metadata),
  })
  /** What is there of an image of which something is missing, or wrong. */
  const openLeniently = (
    encoded: Buffer,
    damage: Damage | undefined,
    readable = (): Buffer => encoded,
  ): OpenedImage => ({
    ...open(encoded),
    isPlainJpeg: false,
    damage,
    pixels: () => decode(readable(), metadata, 'none'),
  })
  const missing = metadata.format === 'tiff' ? missingTiffParts(bytes) : undefined
  if (missing)
    return openIncompleteTiff(bytes, missing, metadata, (damage, readable) =>
      openLeniently(bytes, damage, readable),
    )
  if (!hasRemains(metadata)) return open(bytes)
  const remains: Remains = {
    ...(metadata.format === 'jpeg' && { greyAt: sideOfLastRows(metadata.orientation) }),
    async open(hasFailed) {
      const left = await leftOver(bytes, metadata, hasFailed)
      return left.isWhole ? open(left.bytes) : openLeniently(left.bytes, left.damage)
    },
  }
  return { ...open(bytes), remains }
}

async function decode(
  bytes: Buffer,
  metadata: Metadata,
  failOn: 'error' | 'none' = 'error',
): Promise<Pixels> {
  const open = (): Sharp =>
    sharp(bytes, { limitInputPixels: limits.pixels, failOn, pages: 1 }).timeout({ seconds: limits.seconds })
  const scale = await sampleScale(metadata, open).catch(async (error: unknown) => {
    throw error instanceof KindredError ? error : await explainDecodeError(error, bytes)
  })
  const image = open().autoOrient()
  return { image: scale === undefined ? image : image.linear(scale) }
}

/** @throws KindredError with the code of what is wrong with the file */
export async function readMetadata(bytes: Buffer): Promise<Metadata> {
  try {
    // A cut GIF would fail here already.
    return await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata()
  } catch (error) {
    throw await explainDecodeError(error, bytes)
  }
}

function isPlainJpeg(bytes: Buffer, { format, orientation = 1, icc, space }: Metadata): boolean {
  // Only the centre of it will be decoded, which would not notice that the end is missing.
  const complete = bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9
  return format === 'jpeg' && complete && orientation === 1 && !icc && space === 'srgb'
}

/** A TIFF has its EXIF in its own directories, where libvips does not look. */
function exifOfTiff(bytes: Buffer): Buffer | undefined {
  const tiff = Tiff.at(bytes, 0)
  const directories = tiff && exifDirectories(tiff)
  return directories && exifExcerpt(directories)
}
