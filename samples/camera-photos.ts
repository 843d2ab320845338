import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { forEachConcurrently } from './concurrently.ts'
import { drawSample, sampleKinds } from './draw-sample.ts'

/** What a camera of 12 megapixels gives. */
const WIDTH = 4000
const HEIGHT = 3000

/** Grain of a sensor, and how little the camera compresses: together they make files of 2 to 4 MB, as cameras do. */
const GRAIN = 16
const QUALITY = 94

/**
 * Photos of 12 megapixels, JPEG, with EXIF. Drawing and encoding one takes more than a second, so only `distinct` ones are
 * made; the others have the same picture and, through a comment in the file, a content of their own.
 */
export async function writeCameraPhotos(
  folder: string,
  count: number,
  distinct = 48,
): Promise<{ readonly megapixels: number }> {
  await mkdir(folder, { recursive: true })
  const pictures = Array.from({ length: Math.min(count, distinct) }, (_, n) => n)
  const write = async (picture: number): Promise<void> => {
    const jpeg = await cameraPhoto(picture)
    for (let n = picture; n < count; n += distinct)
      await writeFile(join(folder, `IMG_${String(n).padStart(5, '0')}.jpg`), withComment(jpeg, `number ${n}`))
  }
  await forEachConcurrently(pictures, availableParallelism(), write)
  return { megapixels: (WIDTH * HEIGHT) / 1e6 }
}

async function cameraPhoto(seed: number): Promise<Buffer> {
  const kind = sampleKinds[seed % sampleKinds.length]!
  const { data, takenAt } = await drawSample({ kind, seed: `camera/${seed}`, longEdge: 1200 })
  const moment = new Date(takenAt).toISOString().replaceAll('-', ':').replace('T', ' ').slice(0, 19)
  const grain = { type: 'gaussian', mean: 128, sigma: GRAIN } as const
  const size = { width: WIDTH, height: HEIGHT }
  return sharp(data)
    .resize({ ...size, fit: 'cover' })
    .composite([
      {
        input: { create: { ...size, channels: 3, background: '#808080', noise: grain } },
        blend: 'soft-light',
      },
    ])
    .withExif({
      IFD0: { Make: 'Kindred', Model: 'Camera' },
      IFD2: { DateTimeOriginal: moment, DateTimeDigitized: moment },
    })
    .jpeg({ quality: QUALITY })
    .toBuffer()
}

/** A comment segment before all others: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.2.4.5. */
function withComment(jpeg: Buffer, text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 0])
  head.writeUInt16BE(body.length + 2, 4)
  return Buffer.concat([head, body, jpeg.subarray(2)])
}
