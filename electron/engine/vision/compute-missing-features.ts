import type { BackboneId, PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import type { JobContext } from '../runtime/jobs/job-runner.ts'
import { inBatches, mapConcurrently } from '../runtime/jobs/pipeline.ts'
import { decodeForNetwork } from '../media/careful-decode.ts'
import type { NetworkPixels } from '../media/decode.ts'
import { readPhoto } from '../media/read-photo.ts'
import type { ThumbnailCache } from '../media/thumbnails.ts'
import type { Backbones } from './backbones.ts'
import { BATCH_SIZE } from './network/embedder.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'

/** Where photos are read from, and where their features are put. */
export interface FeatureTools {
  readonly catalog: Catalog
  readonly backbones: Backbones
  readonly thumbnails: ThumbnailCache
}

/** Photos decoded at once. */
const DECODERS = 3

/**
 * Computes the features of those of the photos that have none of this backbone yet, and puts them into the catalog batch
 * by batch: stopped and begun again, it goes on where it was. A photo that can no longer be read is left out.
 * @param stored called with each batch before anything else runs: an index of this backbone takes these photos in then
 */
export async function computeMissingFeatures(
  { catalog, backbones, thumbnails }: FeatureTools,
  backbone: BackboneId,
  photos: readonly PhotoId[],
  job: JobContext,
  stored: (photos: readonly PhotoId[]) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const lacking = photos.filter(id => !catalog.features.has(backbone, id, PIPELINE_VERSION))
  if (lacking.length === 0) return
  job.progress.begin('looking', lacking.length)
  const embedder = backbones.embedder(backbone)
  const decode = async (id: PhotoId): Promise<{ id: PhotoId; pixels: NetworkPixels | undefined }> => {
    job.signal.throwIfAborted()
    return { id, pixels: await pixelsOf({ catalog, thumbnails }, id, embedder.inputSize) }
  }
  for await (const batch of inBatches(mapConcurrently(lacking, DECODERS, decode), BATCH_SIZE)) {
    await job.checkpoint()
    const decoded = batch.flatMap(({ id, pixels }) => (pixels ? { id, pixels } : []))
    if (decoded.length > 0) {
      const features = await embedder.features(decoded.map(({ pixels }) => pixels))
      const { featureLength } = embedder
      catalog.bulkTransaction(() => {
        for (const [n, { id }] of decoded.entries()) {
          const row = features.subarray(n * featureLength, (n + 1) * featureLength)
          catalog.features.put(backbone, id, PIPELINE_VERSION, row)
        }
        if (catalog.models.activeHead()?.backboneId === backbone) catalog.settings.bumpGeneration()
      })
      await stored(decoded.map(({ id }) => id))
    }
    job.progress.advance(batch.length)
  }
}

/**
 * Returns the pixels of the photo's file; where that cannot be read, of its thumbnail.
 * @returns undefined where neither can be read
 */
export async function pixelsOf(
  { catalog, thumbnails }: Pick<FeatureTools, 'catalog' | 'thumbnails'>,
  id: PhotoId,
  size: number,
): Promise<NetworkPixels | undefined> {
  const path = catalog.files.pathOf(id)
  const photo = catalog.photos.byId(id)
  try {
    const read = path === undefined ? undefined : await readPhoto(path)
    // Of a video that cannot be seen any more, the thumbnail is still a frame.
    const isSeen = read && !read.video?.standIn
    if (isSeen && photo?.contentHash.equals(read.contentHash)) return await decodeForNetwork(read.bytes, size)
  } catch {
    // Its thumbnail serves instead.
  }
  try {
    const thumbnail = photo && (await thumbnails.read(photo.contentHash))
    return thumbnail && (await decodeForNetwork(thumbnail, size))
  } catch {
    return undefined
  }
}
