/** @file A folder with the mixture of files that a real library has. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { writeCameraPhotos } from '../../samples/camera-photos.ts'
import { box } from './boxes.ts'
import { jxlBytes } from './jxl-files.ts'
import { rawFiles } from './raw-files.ts'

/** Share of each kind; what others there are take turns. */
const SHARES = { jpeg: 0.4, heic: 0.35, raw: 0.15 } as const
/** Pictures of 12 megapixels that differ. */
const DISTINCT = 8
/** Bytes of a sensor's values, which no reader looks at. */
const SENSOR_BYTES = 12e6

export interface PhoneLibrary {
  /** Files of each kind. */
  readonly counts: Readonly<Record<string, number>>
}

/**
 * Writes JPEG, HEIC and RAW of 12 megapixels, screenshots in PNG, WebP, TIFF and JPEG XL. Files of one picture differ in
 * a comment or in bytes behind the picture. HEIC is encoded by `heif-enc` (libheif).
 * @throws Error where that is not on the PATH
 */
export async function writePhoneLibrary(folder: string, count: number): Promise<PhoneLibrary> {
  const scratch = await mkdtemp(join(tmpdir(), 'kindred-pictures-'))
  try {
    await writeCameraPhotos(scratch, DISTINCT, DISTINCT)
    const jpegs = Array.from({ length: DISTINCT }, (_, n) =>
      join(scratch, `IMG_${String(n).padStart(5, '0')}.jpg`),
    )
    const counts: Record<string, number> = {
      jpeg: Math.round(count * SHARES.jpeg),
      heic: Math.round(count * SHARES.heic),
      raw: Math.round(count * SHARES.raw),
    }
    counts.others = count - counts.jpeg! - counts.heic! - counts.raw!
    await mkdir(join(folder, 'others'), { recursive: true })
    await writeCameraPhotos(join(folder, 'jpeg'), counts.jpeg!, DISTINCT)
    await writeEach(folder, 'heic', counts.heic!, await Promise.all(jpegs.map(heicOf)))
    await writeEach(folder, 'dng', counts.raw!, await Promise.all(jpegs.map(rawOf)))
    const makers = Object.entries(others)
    for (const [i, [extension, make]] of makers.entries()) {
      const share = Math.floor((counts.others + i) / makers.length)
      await writeEach(folder, extension, share, await Promise.all(jpegs.slice(0, 3).map(make)))
    }
    return { counts }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

async function writeEach(
  folder: string,
  extension: string,
  count: number,
  pictures: readonly Buffer[],
): Promise<void> {
  await mkdir(join(folder, extension), { recursive: true })
  for (let n = 0; n < count; n++) {
    // Behind the picture: a box that readers of boxes skip, bytes that others do not look at.
    const bytes = Buffer.concat([pictures[n % pictures.length]!, box('free', Buffer.from(`number ${n}`))])
    await writeFile(join(folder, extension, `${n}.${extension}`), bytes)
  }
}

async function heicOf(jpeg: string): Promise<Buffer> {
  const file = jpeg.replace(/jpg$/, 'heic')
  await promisify(execFile)('heif-enc', ['-q', '60', '-p', 'preset=ultrafast', '-o', file, jpeg])
  return readFile(file)
}

async function rawOf(file: string): Promise<Buffer> {
  const jpeg = await readFile(file)
  const small = await sharp(jpeg).resize(160).jpeg().toBuffer()
  return Buffer.concat([rawFiles.DNG({ jpeg, small }), Buffer.alloc(SENSOR_BYTES, 0x5a)])
}

/** Each made of a camera's picture, as large as such files are. */
const others: Readonly<Record<string, (jpeg: string) => Promise<Buffer>>> = {
  png: jpeg => sharp(jpeg).resize(1170).png().toBuffer(),
  webp: jpeg => sharp(jpeg).resize(2000).webp().toBuffer(),
  tif: jpeg => sharp(jpeg).resize(2000).tiff({ compression: 'lzw' }).toBuffer(),
  jxl: async jpeg => {
    const { data, info } = await sharp(jpeg)
      .resize(2000)
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return jxlBytes(new Uint8ClampedArray(data), info.width, info.height)
  },
}
