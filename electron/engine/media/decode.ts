import sharp, { type Metadata, type Sharp } from 'sharp'
import { KindredError } from '../../shared/errors.ts'
import type { PhotoTraits } from '../library/rows.ts'
import { sniff, SNIFF_BYTES } from './sniff.ts'
import { readCaptureInfo } from './capture-info.ts'
import { isCutOff } from './cut-off.ts'
import { limits } from './limits.ts'
import { perceptualHash } from './perceptual-hash.ts'

// Photos are decoded several at once; a second level of threads inside each call only makes them wait for each other.
sharp.concurrency(1)
// Each photo is seen once: libvips would keep operations of which none comes again.
sharp.cache(false)

/** Longest edge of a thumbnail, in pixels: sharp in a row of 200 px on a display of double density. */
export const THUMBNAIL_EDGE = 400

/** A file above this is no thumbnail even when its picture is small enough: metadata may outweigh it. */
const OWN_THUMBNAIL_BYTES = 100_000

const formats = new Map([
  ['jpeg', 'JPEG'],
  ['png', 'PNG'],
  ['webp', 'WebP'],
  ['heif', 'AVIF'],
  ['avif', 'AVIF'],
  ['tiff', 'TIFF'],
  ['gif', 'GIF'],
])

const readableTypes = new Set([
  ...['image/jpeg', 'image/png', 'image/apng', 'image/webp'],
  ...['image/avif', 'image/tiff', 'image/gif'],
])

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
 * Decodes a photo once and makes all of it that the library needs.
 * @param bytes the file
 * @param networkSize edge of the square that the network takes, in pixels
 * @throws KindredError with the code of what is wrong with the file
 */
export async function decodePhoto(bytes: Buffer, networkSize: number): Promise<DecodedPhoto> {
  const metadata = await readMetadata(bytes)
  const { thumbnail, network } = isOwnThumbnail(bytes, metadata)
    ? { thumbnail: bytes, network: await decodeForNetwork(bytes, networkSize) }
    : await decodeBoth(bytes, metadata, networkSize)
  return {
    format: formats.get(metadata.format)!,
    ...shownSize(metadata),
    capture: readCaptureInfo(metadata),
    averageColor: averageColor(network.rgb),
    thumbnail,
    network,
    perceptualHash: perceptualHash(network),
  }
}

/** Only what the network needs of a photo or of a part of it. */
export async function decodeForNetwork(
  bytes: Buffer,
  networkSize: number,
  crop?: Crop,
): Promise<NetworkPixels> {
  const metadata = await readMetadata(bytes)
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
  // Only the centre of it will be decoded, so that its end has come must be seen otherwise.
  const complete = bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9
  return format === 'jpeg' && small && complete && orientation === 1 && !icc && space === 'srgb'
}

/**
 * The photo as a browser can show it: JPEG, upright, sRGB, its longest edge at most `size`.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function renderImage(bytes: Buffer, size: number): Promise<Buffer> {
  await readMetadata(bytes)
  try {
    return await openImage(bytes)
      .autoOrient()
      .resize(size, size, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 90 })
      .toBuffer()
  } catch (error) {
    throw await explain(error, bytes)
  }
}

/** Decoded pixels: RGB, one byte a channel. */
interface Raster {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

async function readMetadata(bytes: Buffer): Promise<Metadata & { width: number; height: number }> {
  let metadata: Metadata
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (error) {
    throw await explain(error, bytes)
  }
  const { width, height, pages = 1, format } = metadata
  if (!formats.has(format) || (format === 'heif' && metadata.compression !== 'av1'))
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

function openImage(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: limits.pixels, failOn: 'error', pages: 1 }).timeout({
    seconds: limits.seconds,
  })
}

/**
 * The whole photo, upright, in sRGB, small: no larger than the thumbnail asks, and its short side no smaller than the
 * network takes.
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
    throw await explain(error, bytes)
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

/** The centre square of the area, bicubic, as every card asks for it ("short side to size, bicubic, centre square"). */
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

function shownSize(metadata: Metadata): { width: number; height: number } {
  const { width, height } = metadata.autoOrient
  return { width, height }
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

/**
 * Why an image could not be decoded. Judged by its bytes: libvips collects the words of all its threads in one place, so
 * the message of one file may be about another.
 */
async function explain(error: unknown, bytes: Buffer): Promise<KindredError> {
  const reason = error instanceof Error ? error.message : String(error)
  const type = await sniff(bytes.subarray(0, SNIFF_BYTES))
  const fail = (code: KindredError['code'], message: string): KindredError =>
    new KindredError(code, message, { cause: error })
  // These two are sharp's own words about this very call.
  if (/^timeout/i.test(reason)) return fail('decode-timeout', 'Decoding this image took too long.')
  if (/exceeds pixel limit/i.test(reason))
    return fail('too-many-pixels', 'This image has more pixels than can be decoded safely.')
  if (!type) return fail('not-an-image', 'This file holds no image.')
  if (!type.startsWith('image/')) return fail('not-an-image', `This file holds no image but ${type}.`)
  if (!readableTypes.has(type)) {
    const name = type.slice('image/'.length).toUpperCase()
    return fail('unsupported-format', `Kindred cannot read ${name} files yet.`)
  }
  if (isCutOff(bytes, type)) return fail('truncated-image', 'The end of this image is missing.')
  return fail('damaged-image', 'This image is damaged.')
}
