import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import sharp, { type Exif } from 'sharp'
import { Random } from '../../shared/random.ts'
import { mapConcurrently } from '../jobs/pipeline.ts'
import { aurora, dunes, forest, meadow, mountains, nightCity, sailboats, sunset } from './landscapes.ts'
import type { Draw } from './scene.ts'
import { balloons, blossom, citrus, houses, planets, reef } from './things.ts'

/** Made pictures to try Kindred with: kinds that a person tells apart at a glance, no two pictures of a kind alike. */
const scenes: Readonly<Record<string, Draw>> = {
  'Sunsets at sea': sunset,
  Mountains: mountains,
  'Cities at night': nightCity,
  Forests: forest,
  Dunes: dunes,
  'Northern lights': aurora,
  Meadows: meadow,
  Sailing: sailboats,
  Balloons: balloons,
  Blossoms: blossom,
  Citrus: citrus,
  Houses: houses,
  'Under water': reef,
  Planets: planets,
}

export const sampleKinds: readonly string[] = Object.keys(scenes)

const shapes = [
  [3, 2],
  [3, 2],
  [4, 3],
  [1, 1],
  [2, 3],
  [16, 9],
] as const

export interface SampleOptions {
  readonly kind: string
  readonly seed: string | number
  /** Pixels of the longer side. */
  readonly longEdge?: number
}

export interface Sample {
  readonly data: Buffer
  readonly extension: 'jpg' | 'png' | 'webp'
}

/** Draws one picture. The same options give the same picture. */
export async function drawSample({ kind, seed, longEdge = 960 }: SampleOptions): Promise<Sample> {
  const draw = scenes[kind]
  if (!draw) throw new RangeError(`There is no kind "${kind}"`)
  const random = new Random(`${kind}/${seed}`)
  const [across, down] = random.pick(shapes)
  // Drawn at one size and scaled: the same seed is the same picture at every size.
  const scale = 960 / Math.max(across, down)
  const [width, height] = [Math.round(across * scale), Math.round(down * scale)]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${Math.round((width * longEdge) / 960)}" height="${Math.round((height * longEdge) / 960)}">${draw({ width, height, random })}</svg>`
  const picture = sharp(Buffer.from(svg))
    .flatten({ background: '#000000' })
    .modulate({ brightness: random.between(0.88, 1.1), saturation: random.between(0.82, 1.12) })
    .linear(random.between(0.94, 1.04), random.between(-4, 8))
    .withExif(exifOf(random))
  const luck = random.next()
  if (luck < 0.06) return { data: await picture.png({ compressionLevel: 6 }).toBuffer(), extension: 'png' }
  if (luck < 0.12) return { data: await picture.webp({ quality: 82 }).toBuffer(), extension: 'webp' }
  return { data: await picture.jpeg({ quality: 84 }).toBuffer(), extension: 'jpg' }
}

export interface WriteOptions {
  readonly perKind: number
  readonly seed: number
  readonly longEdge?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Writes `folder/kind/kind-001.jpg` and so on. What is there already is left alone, so that it can be run again. */
export async function writeSamples(folder: string, options: WriteOptions): Promise<{ files: number }> {
  const { perKind, seed, longEdge, signal, onProgress } = options
  const wanted = sampleKinds.flatMap(kind =>
    Array.from({ length: perKind }, (_, i) => ({ kind, number: i + 1 })),
  )
  for (const kind of sampleKinds) await mkdir(join(folder, kind), { recursive: true })
  let done = 0
  const write = async ({ kind, number }: (typeof wanted)[number]): Promise<void> => {
    signal?.throwIfAborted()
    const name = `${kind.toLowerCase().replaceAll(' ', '-')}-${String(number).padStart(3, '0')}`
    const there = ['jpg', 'png', 'webp'].map(extension => join(folder, kind, `${name}.${extension}`))
    if (!(await Promise.all(there.map(exists))).includes(true)) {
      const sample = await drawSample({
        kind,
        seed: `${seed}/${number}`,
        ...(longEdge === undefined ? {} : { longEdge }),
      })
      const file = join(folder, kind, `${name}.${sample.extension}`)
      await writeFile(`${file}.part`, sample.data)
      await rename(`${file}.part`, file)
    }
    onProgress?.(++done, wanted.length)
  }
  for await (const _ of mapConcurrently(wanted, availableParallelism() + 1, write));
  return { files: wanted.length }
}

function exifOf(random: Random): Exif {
  const taken = new Date(
    Date.UTC(
      random.int(2019, 2026),
      random.int(0, 8),
      random.int(1, 28),
      random.int(6, 21),
      random.int(0, 59),
      random.int(0, 59),
    ),
  )
  const text = taken.toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':')
  return { IFD0: { Make: 'Kindred', Model: 'Samples', DateTime: text }, IFD2: { DateTimeOriginal: text } }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )
