import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { asKindredError } from '../../electron/shared/errors.ts'
import type { PhotoId } from '../../electron/shared/ids.ts'
import type { Random } from '../../electron/shared/random.ts'
import { writePicture } from '../support/small-photos.ts'
import type { Campaign } from './campaign.ts'

/** Photos at most: few attacks need few. */
const PHOTOS = 40

/** Damages thumbnails as a loss of power does, and looks at every photo. */
export const damagedThumbnails: Campaign = {
  name: 'damaged-thumbnails',
  title: 'damaged thumbnails',
  promise: 'every photo shows a picture, and the doctor counts what was damaged',
  count: 200,
  quickCount: 20,

  async run({ count, random, folder }) {
    const [photos, libraryDir] = [join(folder, 'photos'), join(folder, 'library')]
    for (let n = 0; n < Math.min(PHOTOS, count); n++)
      await writePicture(join(photos, `${n}.jpg`), n, 'jpg', { width: 640, height: 480 })
    const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
    const losses: string[] = []
    let attacks = 0
    try {
      await engine.library.import([photos])
      const ids = engine.catalog.photos.all().map(({ id }) => id)
      while (attacks < count) {
        const hit = random.shuffled(ids).slice(0, Math.min(count - attacks, random.int(1, ids.length)))
        const kinds = new Map(hit.map(id => [id, damage(engine, id, random)]))
        attacks += hit.length
        const { problems } = await engine.diagnostics.doctor()
        const counted = [...(problems[0]?.message.matchAll(/\d+/g) ?? [])].reduce(
          (sum, [n]) => sum + Number(n),
          0,
        )
        if (counted !== hit.length) losses.push(`the doctor counts ${counted} of ${hit.length}`)
        const views = ids.map(async id => {
          const loss = await lossOf(engine, id)
          if (loss !== undefined) losses.push(`${kinds.get(id) ?? 'untouched'}: ${loss}`)
        })
        await Promise.all(views)
      }
    } finally {
      await engine.close()
    }
    return { attacks, losses }
  },
}

/** @returns what was done */
function damage(engine: Engine, id: PhotoId, random: Random): string {
  const file = engine.thumbnails.path(engine.catalog.photos.byId(id)!.contentHash)
  const bytes = readFileSync(file)
  const kind = random.pick(['emptied', 'truncated', 'zeros', 'rubbish', 'removed', 'block of zeros'])
  if (kind === 'emptied') writeFileSync(file, '')
  if (kind === 'truncated') writeFileSync(file, bytes.subarray(0, random.int(1, bytes.length - 1)))
  if (kind === 'zeros') writeFileSync(file, Buffer.alloc(bytes.length))
  if (kind === 'rubbish')
    writeFileSync(
      file,
      Uint8Array.from({ length: random.int(1, 9000) }, () => random.int(0, 255)),
    )
  if (kind === 'removed') rmSync(file)
  // The first block was never written, or the last.
  if (kind === 'block of zeros')
    writeFileSync(file, random.chance(0.5) ? bytes.fill(0, 0, 512) : bytes.fill(0, bytes.length - 512))
  return kind
}

/** Looks at a photo; returns what is wrong. */
async function lossOf(engine: Engine, id: PhotoId): Promise<string | undefined> {
  try {
    const jpeg = await engine.images.thumbnail(id)
    const { info } = await sharp(jpeg, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true })
    if (Math.max(info.width, info.height) !== 400)
      return `a thumbnail of ${info.width} × ${info.height} pixels`
    const mended = await engine.thumbnails.has(engine.catalog.photos.byId(id)!.contentHash)
    return mended ? undefined : 'the file was not mended'
  } catch (error) {
    return asKindredError(error).message
  }
}
