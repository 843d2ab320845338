import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { decodeForNetwork } from '../../media/decode.ts'
import { perceptualHash } from '../../media/perceptual-hash.ts'
import type { ThumbnailCache } from '../../media/thumbnails.ts'
import type { JobContext } from '../../runtime/jobs/job-runner.ts'

export interface HashTools {
  readonly catalog: Catalog
  readonly thumbnails: ThumbnailCache
  /** Edge of the square that is hashed, in pixels. */
  readonly hashedSize: number
}

const HASHED_AT_ONCE = 4
/** Photos looked up between two turns of the event loop. */
const LOOKED_UP_AT_ONCE = 256

/** Computes the perceptual hashes of photos imported before they were kept, from the thumbnails. */
export async function computeMissingHashes(
  { catalog, thumbnails, hashedSize }: HashTools,
  photos: readonly PhotoId[],
  job: JobContext,
): Promise<void> {
  const lacking = await photosWithoutHash(catalog, photos)
  if (lacking.length === 0) return
  job.progress.begin('comparing', lacking.length)
  const hash = async (id: PhotoId): Promise<void> => {
    const thumbnail = await thumbnails.read(catalog.photos.byId(id)!.contentHash)
    if (!thumbnail) return
    const pixels = await decodeForNetwork(thumbnail, hashedSize)
    catalog.trainings.setPerceptualHash(id, perceptualHash(pixels))
  }
  for (let at = 0; at < lacking.length; at += HASHED_AT_ONCE) {
    await job.checkpoint()
    const batch = lacking.slice(at, at + HASHED_AT_ONCE)
    await Promise.all(batch.map(hash))
    job.progress.advance(batch.length)
  }
}

async function photosWithoutHash(catalog: Catalog, photos: readonly PhotoId[]): Promise<PhotoId[]> {
  const lacking: PhotoId[] = []
  for (const [n, id] of photos.entries()) {
    if (n > 0 && n % LOOKED_UP_AT_ONCE === 0) await nextTurn()
    if (catalog.trainings.photo(id)?.perceptualHash === null) lacking.push(id)
  }
  return lacking
}
