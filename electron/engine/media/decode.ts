/** @file Decoding, the main part of the media room: from the bytes of a file to thumbnail and network pixels. */
import sharp, { type Metadata, type Sharp } from 'sharp'
import type { PhotoTraits } from '../library/rows.ts'
import { readCaptureInfo } from './capture-info.ts'
import { explainDecodeError } from './decode-error.ts'
import { formatName } from './image-formats.ts'
import { readMetadata, shownSize, type ImageMetadata } from './image-metadata.ts'
import { limits } from './limits.ts'
import { perceptualHash } from './perceptual-hash.ts'

// Several photos are decoded at once; threads inside each call as well would only wait for one another.
sharp.concurrency(1)
// Each photo is decoded once: cached operations of libvips would never be used again.
sharp.cache(false)

/** Longest edge of a thumbnail in pixels: sharp in a row of 200 px on a display with two pixels for each. */
export const THUMBNAIL_EDGE = 400

/** Bytes of a file at most that serves as its own thumbnail: metadata may outweigh a small picture. */
const OWN_THUMBNAIL_BYTES = 100_000

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
 * @param known its metadata, where they were read before
 * @throws KindredError with the code of what is wrong with the file
 */
export async function decodePhoto(
  bytes: Buffer,
  networkSize: number,
  known?: ImageMetadata,
): Promise<DecodedPhoto> {
  const metadata = known ?? (await readMetadata(bytes))
  const { thumbnail, network } = isOwnThumbnail(bytes, metadata)
    ? { thumbnail: bytes, network: await decodeForNetwork(bytes, networkSize, undefined, metadata) }
    : await decodeBoth(bytes, metadata, networkSize)
  return {
    format: formatName(metadata.format)!,
    ...shownSize(metadata),
    capture: readCaptureInfo(metadata),
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
  known?: ImageMetadata,
): Promise<NetworkPixels> {
  const metadata = known ?? (await readMetadata(bytes))
  const size = shownSize(metadata)
  if (crop) return cropForNetwork(openImage(bytes).autoOrient(), inPixels(crop, size), networkSize, bytes)
  if (isOwnThumbnail(bytes, metadata)) return cropForNetwork(openImage(bytes), size, networkSize, bytes)
  const raster = await decodeSmall(bytes, metadata, networkSize)
  return cropForNetwork(fromRaster(raster), raster, networkSize, bytes)
}

/** Thumbnail and network pixels from one decoding of the file. */
async function decodeBoth(
  bytes: Buffer,
  metadata: Metadata,
  networkSize: number,
): Promise<Pick<DecodedPhoto, 'thumbnail' | 'network'>> {
  const raster = await decodeSmall(bytes, metadata, networkSize)
  const [thumbnail, network] = await Promise.all([
    encodeThumbnail(raster),
    cropForNetwork(fromRaster(raster), raster, networkSize, bytes),
  ])
  return { thumbnail, network }
}

/** A small upright JPEG in sRGB is its own thumbnail: encoding it again would cost time and quality. */
function isOwnThumbnail(
  bytes: Buffer,
  { format, width, height, orientation = 1, icc, space }: Metadata,
): boolean {
  const small = Math.max(width, height) <= THUMBNAIL_EDGE && bytes.length <= OWN_THUMBNAIL_BYTES
  // Only the centre of it will be decoded, which would not notice that the end is missing.
  const complete = bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9
  return format === 'jpeg' && small && complete && orientation === 1 && !icc && space === 'srgb'
}

/**
 * The photo as a browser can show it: JPEG, upright, sRGB, its longest edge at most `size`.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function renderImage(bytes: Buffer, size: number, known?: ImageMetadata): Promise<Buffer> {
  if (!known) await readMetadata(bytes)
  try {
    return await openImage(bytes)
      .autoOrient()
      .resize(size, size, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 90 })
      .toBuffer()
  } catch (error) {
    throw await explainDecodeError(error, bytes)
  }
}

/** Decoded pixels: RGB, one byte a channel. */
interface Raster {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

function openImage(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: limits.pixels, failOn: 'error', pages: 1 }).timeout({
    seconds: limits.seconds,
  })
}

/**
 * The whole photo, upright, in sRGB, small: no larger than a thumbnail, unless the network needs its short side larger.
 */
async function decodeSmall(bytes: Buffer, metadata: Metadata, networkSize: number): Promise<Raster> {
  const { width, height } = shownSize(metadata)
  const scale = Math.max(THUMBNAIL_EDGE / Math.max(width, height), networkSize / Math.min(width, height))
  const image = openImage(bytes).autoOrient()
  if (scale < 1)
    image.resize(Math.round(width * scale), Math.round(height * scale), { fit: 'fill', kernel: 'cubic' })
  return toRaster(image, bytes)
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

async function toRaster(image: Sharp, bytes: Buffer): Promise<Raster> {
  try {
    const { data, info } = await image
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height }
  } catch (error) {
    throw await explainDecodeError(error, bytes)
  }
}

const fromRaster = ({ data, width, height }: Raster): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 } })

async function encodeThumbnail(raster: Raster): Promise<Buffer> {
  const image = fromRaster(raster)
  if (Math.max(raster.width, raster.height) > THUMBNAIL_EDGE)
    image.resize(THUMBNAIL_EDGE, THUMBNAIL_EDGE, { fit: 'inside' })
  // Tables of Huffman codes for each picture would take half as long again, for files a twentieth smaller.
  return image.jpeg({ quality: 80, optimiseCoding: false }).toBuffer()
}

/** The centre square of the area, bicubic, as every model card asks ("short side to size, bicubic, centre square"). */
async function cropForNetwork(image: Sharp, area: Area, size: number, bytes: Buffer): Promise<NetworkPixels> {
  const edge = Math.min(area.width, area.height)
  const left = (area.left ?? 0) + Math.floor((area.width - edge) / 2)
  const top = (area.top ?? 0) + Math.floor((area.height - edge) / 2)
  const square = image
    .extract({ left, top, width: edge, height: edge })
    .resize(size, size, { kernel: 'cubic' })
  const { data } = await toRaster(square, bytes)
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
