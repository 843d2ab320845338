/** @file Decoding, the main part of the media room: from the bytes of a file to thumbnail and network pixels. */
import sharp, { type Sharp } from 'sharp'
import type { PhotoTraits } from '../library/rows.ts'
import { withProfile } from './decoders/colour-profile.ts'
import { openImage } from './decoders/open-image.ts'
import type { OpenedImage, Pixels } from './decoders/opened-image.ts'
import { explainDecodeError } from './formats/decode-error.ts'
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
 * Decodes a photo once into all that the library keeps of it.
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
  const opened = known ?? (await openImage(bytes))
  const { format, width, height } = opened.metadata
  const { thumbnail, network } = isOwnThumbnail(bytes, opened)
    ? { thumbnail: bytes, network: await decodeForNetwork(bytes, networkSize, undefined, opened) }
    : await decodeBoth(opened, networkSize)
  return {
    format,
    width,
    height,
    metadata: readPhotoMetadata(bytes, opened.metadata),
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
  const opened = known ?? (await openImage(bytes))
  const { metadata, encoded } = opened
  if (crop) {
    const pixels = await opened.pixels(Infinity)
    return cropForNetwork(pixels, inPixels(crop, metadata), networkSize, encoded)
  }
  if (isOwnThumbnail(bytes, opened))
    return cropForNetwork(await opened.pixels(Infinity), metadata, networkSize, encoded)
  const raster = await decodeSmall(opened, networkSize)
  return cropForNetwork(fromRaster(raster), raster, networkSize, encoded)
}

/** Thumbnail and network pixels from one decoding of the file. */
async function decodeBoth(
  opened: OpenedImage,
  networkSize: number,
): Promise<Pick<DecodedPhoto, 'thumbnail' | 'network'>> {
  const raster = await decodeSmall(opened, networkSize)
  const [thumbnail, network] = await Promise.all([
    encodeThumbnail(raster),
    cropForNetwork(fromRaster(raster), raster, networkSize, opened.encoded),
  ])
  return { thumbnail, network }
}

/** A small plain JPEG is its own thumbnail: encoding it again would cost time and quality. */
function isOwnThumbnail(bytes: Buffer, { isPlainJpeg, metadata: { width, height } }: OpenedImage): boolean {
  return isPlainJpeg && Math.max(width, height) <= THUMBNAIL_EDGE && bytes.length <= OWN_THUMBNAIL_BYTES
}

/**
 * The photo as a browser can show it: JPEG, upright, sRGB, its longest edge at most `size`.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function renderImage(bytes: Buffer, size: number, known?: OpenedImage): Promise<Buffer> {
  const opened = known ?? (await openImage(bytes))
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
    return await shown.removeAlpha().toColourspace('srgb').jpeg({ quality: 90 }).toBuffer()
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

/** Decoded pixels: RGB, one byte a channel. */
interface Raster {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

/**
 * The whole photo, upright, in sRGB, small: no larger than a thumbnail, unless the network needs its short side larger.
 */
async function decodeSmall(opened: OpenedImage, networkSize: number): Promise<Raster> {
  const { width, height } = opened.metadata
  const scale = Math.max(THUMBNAIL_EDGE / Math.max(width, height), networkSize / Math.min(width, height))
  const pixels = await opened.pixels(scale < 1 ? Math.min(width, height) * scale : Infinity)
  if (scale < 1)
    pixels.image.resize(Math.round(width * scale), Math.round(height * scale), {
      fit: 'fill',
      kernel: 'cubic',
    })
  return toRaster(pixels, opened.encoded)
}

interface Area {
  readonly left?: number
  readonly top?: number
  readonly width: number
  readonly height: number
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
  const left = (area.left ?? 0) + Math.floor((area.width - edge) / 2)
  const top = (area.top ?? 0) + Math.floor((area.height - edge) / 2)
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
