import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { decodeForNetwork, type NetworkPixels } from '../../media/decode.ts'
import type { ThumbnailCache } from '../../media/thumbnails.ts'
import { drawSample, sampleKinds } from '../../../../samples/samples.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { BENCHMARK_PHOTOS } from './runtime-benchmark.ts'

/** Enough for a network, whose input is hardly larger. */
const DRAWN_EDGE = 160

/**
 * Photos to try runtimes on: of the library, from its thumbnails; drawn ones where it has too few.
 * @param size edge of the network's input, in pixels
 * @throws the reason of the signal
 */
export async function benchmarkPhotos(
  { catalog, thumbnails }: { readonly catalog: Catalog; readonly thumbnails: ThumbnailCache },
  size: number,
  signal: AbortSignal,
): Promise<NetworkPixels[]> {
  const pixels: NetworkPixels[] = []
  for (const id of strideSample(catalog.photos.grid().ids, BENCHMARK_PHOTOS)) {
    signal.throwIfAborted()
    const contentHash = catalog.photos.byId(id as PhotoId)?.contentHash
    try {
      if (contentHash) pixels.push(await decodeForNetwork(await thumbnails.read(contentHash), size))
    } catch {
      // Without a thumbnail: a drawn one takes its place.
    }
  }
  return [...pixels, ...(await drawnPhotos(BENCHMARK_PHOTOS - pixels.length, size, signal))]
}

/** The same pictures each time. */
async function drawnPhotos(count: number, size: number, signal: AbortSignal): Promise<NetworkPixels[]> {
  const pixels: NetworkPixels[] = []
  for (let n = 0; n < count; n++) {
    signal.throwIfAborted()
    const kind = sampleKinds[n % sampleKinds.length]!
    const { data } = await drawSample({ kind, seed: `trial/${n}`, longEdge: DRAWN_EDGE })
    pixels.push(await decodeForNetwork(data, size))
  }
  return pixels
}
