import sharp from 'sharp'
import { Random } from '../electron/shared/random.ts'
import { finish } from './drawing/finish.ts'
import { render, type Raster } from './drawing/render.ts'
import type { Frame, Scene } from './drawing/scene.ts'
import { scenes } from './scenes.ts'
import type { View } from './drawing/sketch.ts'

/** What {@link drawSample} can draw; also the names of the folders. */
export const sampleKinds: readonly string[] = scenes.map(scene => scene.name)

export interface SampleRequest {
  /** One of {@link sampleKinds}. */
  readonly kind: string
  readonly seed: number | string
  /** The longer edge in pixels; 960 unless told otherwise. */
  readonly longEdge?: number | undefined
}

export interface Sample {
  readonly data: Buffer
  readonly extension: 'jpg' | 'png' | 'webp'
  readonly width: number
  readonly height: number
  /** When the picture says it was taken, in milliseconds as if local time were UTC, like the catalog has it. */
  readonly takenAt: number
}

/**
 * Draws one picture that looks like a photo. The same request gives the same bytes on the same machine; the seed alone
 * decides what is in it, so that other sizes show the same picture.
 */
export async function drawSample({ kind, seed, longEdge = 960 }: SampleRequest): Promise<Sample> {
  const scene = scenes.find(candidate => candidate.name === kind)
  if (!scene) throw new RangeError(`no sample pictures of the kind “${kind}”`)
  if (!Number.isInteger(longEdge) || longEdge < 16)
    throw new RangeError('the longer edge takes 16 pixels or more')
  // each concern has its own generator, so that a change to one leaves the others as they were
  const streamOf = (concern: string): Random => new Random(`${concern}/${kind}/${seed}`)
  const frame = frameOf(streamOf('frame'))
  const size = {
    width: Math.round((frame.width / 1000) * longEdge),
    height: Math.round((frame.height / 1000) * longEdge),
  }
  const picture = scene.compose(streamOf('scene'), frame)
  const plain = await render(picture, viewOf(streamOf('view'), frame), size)
  const raster = await finish(plain, streamOf('finish'), picture.look)
  const takenAt = captureTime(streamOf('time'), scene)
  return { ...(await encode(raster, streamOf('file'), takenAt)), ...size, takenAt }
}

function frameOf(random: Random): Frame {
  const [across, down] = random.pick([
    ...Array<readonly [number, number]>(8).fill([3, 2]),
    ...Array<readonly [number, number]>(4).fill([4, 3]),
    ...Array<readonly [number, number]>(3).fill([2, 3]),
    ...Array<readonly [number, number]>(3).fill([1, 1]),
    ...Array<readonly [number, number]>(2).fill([16, 9]),
  ])
  const longest = Math.max(across, down)
  return { width: (1000 * across) / longest, height: (1000 * down) / longest }
}

/** A crop: most pictures show nearly everything. */
function viewOf(random: Random, { width, height }: Frame): View {
  const share = 1 - 0.16 * random.next() ** 2
  return {
    x: width * (1 - share) * random.next(),
    y: height * (1 - share) * random.next(),
    width: width * share,
    height: height * share,
  }
}

function captureTime(random: Random, { months, hours }: Scene): number {
  const year = random.int(2019, 2026)
  // the pictures of 2026 are from its first half: none is from the future
  const month = year === 2026 ? Math.min(6, random.int(...months)) : random.int(...months)
  const time = [random.int(...hours), random.int(0, 59), random.int(0, 59)] as const
  return Date.UTC(year, month - 1, random.int(1, 28), ...time)
}

async function encode(
  { data, width, height }: Raster,
  random: Random,
  takenAt: number,
): Promise<Pick<Sample, 'data' | 'extension'>> {
  const moment = new Date(takenAt).toISOString().replaceAll('-', ':').replace('T', ' ').slice(0, 19)
  const image = sharp(data, { raw: { width, height, channels: 3 } })
    .flop(random.chance(0.5))
    .withExif({
      IFD0: { Make: 'Kindred', Model: 'Samples', DateTime: moment },
      IFD2: { DateTimeOriginal: moment, DateTimeDigitized: moment },
    })
  const place = random.next()
  if (place < 0.04) return { data: await image.png({ compressionLevel: 4 }).toBuffer(), extension: 'png' }
  if (place < 0.1) return { data: await image.webp({ quality: 84, effort: 1 }).toBuffer(), extension: 'webp' }
  return { data: await image.jpeg({ quality: random.int(80, 92) }).toBuffer(), extension: 'jpg' }
}
