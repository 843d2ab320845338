/** @file Decoding, the main part of the media room: from the bytes of a file to thumbnail and network pixels. */
import sharp, { type Sharp } from 'sharp'
import type { PhotoTraits } from '../library/rows.ts'
import { asFarAsThere } from './as-far-as-there.ts'
import { withProfile } from './decoders/colour-profile.ts'
import { openImage } from './decoders/open-image.ts'
import type { OpenedImage, Pixels } from './decoders/opened-image.ts'
import { isGreyAt, type Raster } from './decoders/filler.ts'
import { explainDecodeError } from './formats/decode-error.ts'
import { partThatIsThere, type Area } from './formats/missing-part.ts'
import { readPhotoMetadata } from './metadata/read-metadata.ts'
import { perceptualHash } from './perceptual-hash.ts'
import { checkerboard, groundOf, onGround, type Ground } from './transparency.ts'

/** Longest edge of a thumbnail in pixels: sharp in a row of 200 px on a display with two pixels for each. */
export const THUMBNAIL_EDGE = 400

/** Bytes of a file at most that serves as its own thumbnail: metadata may outweigh a small picture. */
const OWN_THUMBNAIL_BYTES = 100_000

/** Longest edge of the copy by which the ground of a transparent picture is chosen, in pixels. */
const GROUND_EDGE = 96

/** A part of a photo as fractions of its width and height, as it is shown (after orientation). */
export interface Crop {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Pixels for the network: RGB, one byte a channel, `size × size`, row by row. */
export interface NetworkPixels {
  readonly size: number
  readonly rgb: Uint8Array<ArrayBuffer>
}

export interface DecodedPhoto extends PhotoTraits {
  /** JPEG. */
  readonly thumbnail: Buffer
  readonly network: NetworkPixels
}

/**
 * Decodes a photo once into all that the library keeps of it. Of a damaged one, all of it is in the thumbnail, and the
 * network sees what is there.
 * @param bytes the file
 * @param networkSize edge of the square that the network takes, in pixels
 * @param known the opened image, where it was opened before
 * @throws KindredError with the code of what is wrong with the file
 */
export async function decodePhoto(
  bytes: Buffer,
  networkSize: number,
  known?: OpenedImage,
): Promise<DecodedPhoto> {
  const { opened, raster } = await decodeSmall(known ?? (await openImage(bytes)), networkSize)
  const { metadata, damage } = opened
  const [thumbnail, network] = await Promise.all([
    isOwnThumbnail(opened) ? opened.encoded : encodeThumbnail(raster),
    cropForNetwork(fromRaster(raster), partThatIsThere(raster, damage), networkSize, opened.encoded),
  ])
  return {
    format: metadata.format,
    width: metadata.width,
    height: metadata.height,
    metadata: readPhotoMetadata(bytes, metadata),
    ...(damage && { damage }),
    averageColor: averageColor(network.rgb),
    thumbnail,
    network,
    perceptualHash: perceptualHash(network),
  }
}

/** Decodes only the network's pixels, of a photo or of a part of it. */
export async function decodeForNetwork(
  bytes: Buffer,
  networkSize: number,
  crop?: Crop,
  known?: OpenedImage,
): Promise<NetworkPixels> {
  const image = known ?? (await openImage(bytes))
  if (crop)
    return asFarAsThere(image, async opened => {
      const area = inPixels(crop, opened.metadata)
      return cropForNetwork(await opened.pixels(Infinity), area, networkSize, opened.encoded)
    })
  const { opened, raster } = await decodeSmall(image, networkSize)
  const area = partThatIsThere(raster, opened.damage)
  return cropForNetwork(fromRaster(raster), area, networkSize, opened.encoded)
}

/** A small plain JPEG is its own thumbnail: encoding it again would cost time and quality. */
function isOwnThumbnail({ isPlainJpeg, encoded, metadata: { width, height } }: OpenedImage): boolean {
  return isPlainJpeg && Math.max(width, height) <= THUMBNAIL_EDGE && encoded.length <= OWN_THUMBNAIL_BYTES
}

/**
 * The photo as a browser can show it: JPEG, upright, sRGB, its longest edge at most `size`.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function renderImage(bytes: Buffer, size: number, known?: OpenedImage): Promise<Buffer> {
  return renderOpened(known ?? (await openImage(bytes)), size, shown =>
    shown.jpeg({ quality: 90 }).toBuffer(),
  )
}

/**
 * The pixels of what `renderImage` shows.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function renderPixels(bytes: Buffer, size: number, known?: OpenedImage): Promise<Raster> {
  return renderOpened(known ?? (await openImage(bytes)), size, async shown => {
    const { data, info } = await shown.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height }
  })
}

const renderOpened = <T>(
  image: OpenedImage,
  size: number,
  encode: (shown: Sharp) => Promise<T>,
): Promise<T> => asFarAsThere(image, opened => renderWith(opened, size, encode))

async function renderWith<T>(
  opened: OpenedImage,
  size: number,
  encode: (shown: Sharp) => Promise<T>,
): Promise<T> {
  const { width, height } = opened.metadata
  const scale = size / Math.max(width, height)
  const { image, icc } = await opened.pixels(scale < 1 ? Math.min(width, height) * scale : Infinity)
  try {
    const small = image.resize(size, size, { fit: 'inside', withoutEnlargement: true })
    const shown = icc ? await withProfile(small, icc) : small
    if (await isTransparent(shown)) {
      const part = Math.min(1, scale)
      const shownSize = { width: Math.floor(width * part), height: Math.floor(height * part) }
      shown.composite([checkerboard(await groundFor(opened), shownSize)])
    }
    return await encode(shown.removeAlpha().toColourspace('srgb'))
  } catch (error) {
    throw await explainDecodeError(error, opened.encoded)
  }
}

const isTransparent = async (image: Sharp): Promise<boolean> => (await image.metadata()).hasAlpha

/** The ground that gives contrast, judged by a small copy. */
async function groundFor(opened: OpenedImage): Promise<Ground> {
  const { image } = await opened.pixels(GROUND_EDGE)
  const { data, info } = await image
    .resize(GROUND_EDGE, GROUND_EDGE, { fit: 'inside' })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return groundOf({ data, width: info.width, height: info.height })
}

/** A decoded photo, and what was decoded of it. */
interface SmallPhoto {
  readonly opened: OpenedImage
  readonly raster: Raster
}

/**
 * The whole photo, upright, in sRGB, small. Where a part is missing, what is there: decoding has failed then, or grey
 * stands in its place.
 */
async function decodeSmall(image: OpenedImage, networkSize: number): Promise<SmallPhoto> {
  const { remains } = image
  const small = await asFarAsThere(image, async opened => ({
    opened,
    raster: await smallRaster(opened, networkSize),
  }))
  if (small.opened !== image || !remains?.greyAt || !isGreyAt(small.raster, remains.greyAt)) return small
  const opened = await remains.open(false)
  return opened.damage ? { opened, raster: await smallRaster(opened, networkSize) } : small
}

/** No larger than a thumbnail, unless the network needs the short side of what is there larger. */
async function smallRaster(opened: OpenedImage, networkSize: number): Promise<Raster> {
  const { width, height } = opened.metadata
  const seen = partThatIsThere(opened.metadata, opened.damage)
  const scale = Math.max(
    THUMBNAIL_EDGE / Math.max(width, height),
    networkSize / Math.min(seen.width, seen.height),
  )
  const pixels = await opened.pixels(scale < 1 ? Math.min(width, height) * scale : Infinity)
  if (scale < 1)
    pixels.image.resize(Math.round(width * scale), Math.round(height * scale), {
      fit: 'fill',
      kernel: 'cubic',
    })
  return toRaster(pixels, opened.encoded)
}

function inPixels(crop: Crop, { width, height }: { width: number; height: number }): Area {
  const left = Math.min(width - 1, Math.floor(crop.x * width))
  const top = Math.min(height - 1, Math.floor(crop.y * height))
  return {
    left,
    top,
    width: Math.max(1, Math.min(width - left, Math.round(crop.width * width))),
    height: Math.max(1, Math.min(height - top, Math.round(crop.height * height))),
  }
}

async function toRaster({ image, icc }: Pixels, encoded: Buffer): Promise<Raster> {
  try {
    const shown = icc ? await withProfile(image, icc) : image
    const { data, info } = await shown
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    return { data: channels === 4 ? onGround({ data, width, height }) : data, width, height }
  } catch (error) {
    throw await explainDecodeError(error, encoded)
  }
}

const fromRaster = ({ data, width, height }: Raster): Pixels => ({
  image: sharp(data, { raw: { width, height, channels: 3 } }),
})

async function encodeThumbnail(raster: Raster): Promise<Buffer> {
  const { image } = fromRaster(raster)
  if (Math.max(raster.width, raster.height) > THUMBNAIL_EDGE)
    image.resize(THUMBNAIL_EDGE, THUMBNAIL_EDGE, { fit: 'inside' })
  // Tables of Huffman codes for each picture would take half as long again, for files a twentieth smaller.
  return image.jpeg({ quality: 80, optimiseCoding: false }).toBuffer()
}

/** The centre square of the area, bicubic, as every model card asks ("short side to size, bicubic, centre square"). */
async function cropForNetwork(
  { image, icc }: Pixels,
  area: Area,
  size: number,
  encoded: Buffer,
): Promise<NetworkPixels> {
  const edge = Math.min(area.width, area.height)
  const left = area.left + Math.floor((area.width - edge) / 2)
  const top = area.top + Math.floor((area.height - edge) / 2)
  const square = image
    .extract({ left, top, width: edge, height: edge })
    .resize(size, size, { kernel: 'cubic' })
  const { data } = await toRaster({ image: square, icc }, encoded)
  return { size, rgb: new Uint8Array(data) }
}

function averageColor(rgb: Uint8Array): number {
  let red = 0
  let green = 0
  let blue = 0
  for (let at = 0; at < rgb.length; at += 3) {
    red += rgb[at]!
    green += rgb[at + 1]!
    blue += rgb[at + 2]!
  }
  const pixels = rgb.length / 3
  return (Math.round(red / pixels) << 16) | (Math.round(green / pixels) << 8) | Math.round(blue / pixels)
}
