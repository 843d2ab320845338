import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { errorCodes } from '../../electron/shared/errors.ts'
import type { Random } from '../../electron/shared/random.ts'
import { isVideoName } from '../../electron/shared/video-formats.ts'
import { byPath, Cli, type IndexRun } from '../support/cli.ts'
import { idsByPath } from '../support/library-contents.ts'
import { partedTiff } from '../support/cut-files.ts'
import { bmpBytes, bmpKinds } from '../support/bmp-files.ts'
import { heicBytes } from '../support/heic-files.ts'
import { jxlBytes, jxlContainer } from '../support/jxl-files.ts'
import { rawFiles, type RawFormat } from '../support/raw-files.ts'
import { picture, pictureBytes, type PictureFormat } from '../support/small-photos.ts'
import { tiffBytes } from '../support/tiff-files.ts'
import { makeVideo } from '../support/videos.ts'
import type { Campaign } from './campaign.ts'

/** Files of one import. */
const FOLDER = 250
/** Good photos in each folder. */
const GOOD = 3

/** Changes bytes of images, and imports them. */
export const mutatedImages: Campaign = {
  name: 'mutated-images',
  title: 'mutated images imported',
  promise: 'each is a photo or a failure with a known code, and all others are imported',
  count: 10_000,
  quickCount: 50,

  async run({ count, random, folder, log }) {
    const cli = new Cli(join(folder, 'library'))
    const originals = await makeOriginals()
    const losses: string[] = []
    let [attacks, photos, damaged] = [0, 0, 0]
    for (let round = 0; attacks < count; round++) {
      const photosFolder = join(folder, `photos ${round}`)
      await mkdir(photosFolder)
      const mutated: string[] = []
      for (; mutated.length < FOLDER && attacks < count; attacks++) {
        const { format, bytes } = random.pick(random.pick(originals))
        const path = join(photosFolder, `${attacks}.${format}`)
        await writeFile(path, mutate(bytes, random))
        mutated.push(path)
      }
      const good = Array.from({ length: GOOD }, (_, n) => join(photosFolder, `good ${n}.jpg`))
      for (const [n, path] of good.entries()) await writeFile(path, await pictureBytes(`good ${round} ${n}`))
      const run = await cli.index(photosFolder)
      const imported = idsByPath(cli.library)
      losses.push(...lossesOf(run, imported, mutated, good))
      damaged += run.result.damaged.length
      photos += mutated.filter(path => imported.has(path)).length
      log(`${attacks} of ${count}`)
      await rm(photosFolder, { recursive: true })
    }
    return {
      attacks,
      losses,
      remarks: `${photos} are photos all the same, ${damaged} of them marked as damaged`,
    }
  },
}

interface Original {
  /** The ending of the file's name. */
  readonly format: string
  readonly bytes: Buffer
}

/** What is changed: files of all formats, by the decoder that reads them; each decoder gets as many. */
async function makeOriginals(): Promise<Original[][]> {
  const encoded = async (format: PictureFormat): Promise<Original[]> => [
    { format, bytes: await original(format, 'small') },
    { format, bytes: await original(format, 'large') },
  ]
  const [jpeg, small] = await Promise.all([original('jpg', 'large'), original('jpg', 'small')])
  const raw = (format: RawFormat): Original => ({ format, bytes: rawFiles[format]({ jpeg, small }) })
  const rawTiffs = (Object.keys(rawFiles) as RawFormat[]).filter(name => name !== 'CR3' && name !== 'RAF')
  const { data, info } = await picture('original', { width: 60, height: 40 })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const stream = await jxlBytes(new Uint8ClampedArray(data), info.width, info.height)
  const colours = [
    [200, 40, 40],
    [40, 180, 64],
  ] as const
  const bitmaps = bmpKinds.map(kind => bmpBytes(kind, 37, 23, (x, y) => colours[(x + y) % 2]!, colours))
  const exif = tiffBytes([{ 0x0110: { ascii: 'Model 7' } }])
  const large = picture('original large', { width: 500, height: 400 })
  const parted = [
    { rows: 16 },
    { rows: 16, deflate: deflateSync },
    { rows: 240 },
    { rows: 64, isTiled: true },
    { rows: 64, isTiled: true, deflate: deflateSync },
  ]
  return [
    [
      ...(await Promise.all((['jpg', 'png', 'webp', 'avif', 'gif'] as const).map(encoded))).flat(),
      { format: 'jpg', bytes: await large.clone().jpeg({ progressive: true }).toBuffer() },
      { format: 'png', bytes: await large.clone().png({ progressive: true }).toBuffer() },
    ],
    [
      ...(await encoded('tif')),
      ...parted.map(options => ({ format: 'tif', bytes: partedTiff(options).bytes })),
    ],
    rawTiffs.map(raw),
    [raw('CR3')],
    [raw('RAF')],
    bitmaps.map(bytes => ({ format: 'bmp', bytes })),
    [
      { format: 'jxl', bytes: stream },
      { format: 'jxl', bytes: jxlContainer(stream, exif) },
    ],
    [
      { format: 'heic', bytes: heicBytes({ exif, turns: 1 }) },
      { format: 'heic', bytes: heicBytes({ grid: [3, 2], thumbnail: true, nclx: [12, 13, 6] }) },
    ],
    await Promise.all(
      (['mp4', 'mov', 'mkv', 'webm'] as const).map(async container => ({
        format: container,
        bytes: await makeVideo({ container }),
      })),
    ),
  ]
}

function original(format: PictureFormat, size: string): Promise<Buffer> {
  return pictureBytes(`original ${size}`, format, size === 'small' ? {} : { width: 500, height: 400 })
}

function lossesOf(
  { status, signal, result }: IndexRun,
  imported: ReadonlyMap<string, number>,
  mutated: readonly string[],
  good: readonly string[],
): string[] {
  const failed = byPath(result.failed)
  const codes = new Set<string>(errorCodes)
  const losses = mutated.flatMap(path => {
    const code = failed.get(path)?.code
    // What no longer begins like a video is passed over: only names of images promise a photo.
    if (code === undefined)
      return imported.has(path) || isVideoName(path) ? [] : [`${path} is neither a photo nor a failure`]
    return codes.has(code) && code !== 'internal' ? [] : [`${path} fails with ${code}`]
  })
  if (status !== 0 && status !== 3) losses.push(`the import ended with ${signal ?? status}`)
  return [...losses, ...good.filter(path => !imported.has(path)).map(path => `${path} was not imported`)]
}

/** Changes some bytes, in the head more often, or cuts, doubles or moves a part. */
function mutate(original: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(original)
  const place = (): number =>
    random.int(0, random.chance(0.5) ? Math.min(300, bytes.length - 1) : bytes.length - 1)
  const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number]
  const kind = random.pick(['bytes', 'bytes', 'bits', 'extremes', 'cut', 'without', 'doubled', 'moved'])
  if (kind === 'cut') return bytes.subarray(0, Math.max(1, to))
  if (kind === 'without') return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  if (kind === 'doubled') return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  if (kind === 'moved') bytes.copy(bytes, from, to)
  else
    for (let changes = random.int(1, 40); changes > 0; changes--) {
      const at = place()
      if (kind === 'bytes') bytes[at] = random.int(0, 255)
      else if (kind === 'bits') bytes[at]! ^= 1 << random.int(0, 7)
      else bytes[at] = random.pick([0, 0x7f, 0x80, 0xff])
    }
  return bytes
}
