import { createHash } from 'node:crypto'
import { existsSync, linkSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { openEngine } from '../../electron/engine/engine.ts'
import { clockText } from '../../electron/engine/library/clock-millis.ts'
import { Catalog } from '../../electron/engine/library/catalog/catalog.ts'
import { readModel, bundledModelCard } from '../../electron/engine/vision/network/model-card.ts'
import { registerBundledModel } from '../../electron/engine/vision/model-versions.ts'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import { PIPELINE_VERSION, THOROUGH_VERSION } from '../../electron/engine/library/pipeline-version.ts'
import { THUMBNAIL_EDGE } from '../../electron/engine/media/decode.ts'
import { ThumbnailCache } from '../../electron/engine/media/thumbnails.ts'
import { drawSample, sampleKinds } from '../../samples/samples.ts'
import { Random } from '../../electron/shared/random.ts'

const resourcesDir = fileURLToPath(new URL('../../resources', import.meta.url))

const PER_FOLDER = 500
const PICTURES = 64
/** Photos of one motif have similar features. */
const PER_MOTIF = 50
const NOISE_VALUES = 2 ** 20

/**
 * Makes a folder of very many photos, no two with the same content, and a library of them. The rows are written
 * directly into the catalog, with made features in clusters, because importing 100,000 photos takes a quarter of an hour.
 * The engine itself then makes the index, as after any import.
 * @param pictures 'tiny' where nobody looks at them, 'drawn' for thumbnails as large as real ones (2 GB for 100,000)
 */
export async function makeLargeLibrary(
  photos: string,
  libraryDir: string,
  count: number,
  { pictures: kind = 'tiny' }: { readonly pictures?: 'tiny' | 'drawn' } = {},
): Promise<void> {
  // A library that an earlier run kept is used as it is.
  if (existsSync(layoutOf(libraryDir).index)) return
  const random = new Random('large library')
  const draw = kind === 'tiny' ? tinyPicture : drawnPicture
  const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, n) => draw(random, n)))
  const model = readModel(bundledModelCard(resourcesDir))
  const layout = layoutOf(libraryDir)
  mkdirSync(layout.thumbnails, { recursive: true })
  const thumbnails = ThumbnailCache.open(layout.thumbnails)
  const catalog = new Catalog(layout.catalog, layout.backups)
  const { backboneId } = registerBundledModel(catalog, model, 0)
  const nextFeatures = clusteredFeatures(random, model.card.output.length)
  const begin = Date.UTC(2016, 0, 1)
  for (let from = 0; from < count; from += PER_FOLDER) {
    const folder = join(photos, `folder-${String(from / PER_FOLDER).padStart(4, '0')}`)
    mkdirSync(folder, { recursive: true })
    catalog.transaction(() => {
      for (let n = from; n < Math.min(count, from + PER_FOLDER); n++) {
        const picture = pictures[n % PICTURES]!
        const bytes = withNumber(picture.jpeg, n)
        const path = join(folder, `IMG_${String(n).padStart(6, '0')}.jpg`)
        writeFileSync(path, bytes)
        const contentHash = createHash('sha256').update(bytes).digest()
        const thumbnail = thumbnails.path(contentHash)
        mkdirSync(dirname(thumbnail), { recursive: true })
        linkSync(path, thumbnail)
        const photo = catalog.photos.record(
          contentHash,
          bytes.length,
          {
            format: 'JPEG',
            width: picture.width,
            height: picture.height,
            metadata: {
              taken: {
                text: clockText(begin + n * 3_600_000),
                precision: 'second',
                from: 'EXIF DateTimeOriginal',
              },
            },
            averageColor: picture.color,
            perceptualHash: contentHash.subarray(0, 8),
          },
          PIPELINE_VERSION,
          begin,
        )
        const { size, mtimeMs, ctimeMs } = lstatSync(path)
        const stamp = { size, modifiedMs: mtimeMs, changedMs: ctimeMs }
        catalog.files.record(path, stamp, { state: 'present', photoId: photo }, PIPELINE_VERSION)
        // Nothing is left to do in the background.
        catalog.metadata.putThorough(photo, {}, THOROUGH_VERSION)
        catalog.features.put(backboneId, photo, PIPELINE_VERSION, nextFeatures(n))
      }
    })
  }
  catalog.addRoot(photos)
  catalog.settings.bumpGeneration()
  catalog.close()
  await (await openEngine({ libraryDir, resourcesDir })).close()
}

interface Picture {
  readonly jpeg: Buffer
  readonly width: number
  readonly height: number
  /** 0xRRGGBB. */
  readonly color: number
}

/** A drawn photo of the size of thumbnails. */
async function drawnPicture(random: Random, n: number): Promise<Picture> {
  const kind = sampleKinds[n % sampleKinds.length]!
  const { data } = await drawSample({
    kind,
    seed: `large library/${random.int(0, 2 ** 30)}`,
    longEdge: THUMBNAIL_EDGE,
  })
  const image = sharp(data)
  const { width, height } = await image.metadata()
  const { dominant } = await image.stats()
  return {
    jpeg: await image.jpeg({ quality: 90 }).toBuffer(),
    width,
    height,
    color: (dominant.r << 16) | (dominant.g << 8) | dominant.b,
  }
}

async function tinyPicture(random: Random): Promise<Picture> {
  const [r, g, b] = [random.int(0, 255), random.int(0, 255), random.int(0, 255)]
  const [width, height] = random.pick([
    [24, 16],
    [16, 24],
    [24, 18],
    [20, 20],
  ] as const)
  const image = sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
  return {
    jpeg: await image.jpeg({ quality: 60 }).toBuffer(),
    width,
    height,
    color: (r << 16) | (g << 8) | b,
  }
}

/** Puts the number into a comment segment: the same picture with other content. */
function withNumber(jpeg: Buffer, number: number): Buffer {
  const comment = Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 6, 0, 0, 0, 0])
  comment.writeUInt32BE(number, 6)
  return Buffer.concat([comment, jpeg.subarray(2)])
}

/** Features like a network's: many near zero, none below, those of one motif alike. */
function clusteredFeatures(random: Random, length: number): (n: number) => Float32Array {
  // Drawn once and reused: a normal number for each value of 100,000 photos would take minutes.
  const noise = Float32Array.from({ length: NOISE_VALUES }, () => random.gauss())
  let motif = new Float32Array(length)
  return n => {
    if (n % PER_MOTIF === 0) motif = Float32Array.from({ length }, () => Math.max(0, random.gauss()))
    const from = random.int(0, NOISE_VALUES - length)
    return motif.map((value, i) => Math.max(0, value + 0.3 * noise[from + i]!))
  }
}
