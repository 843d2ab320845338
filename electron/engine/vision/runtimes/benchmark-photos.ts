import sharp from 'sharp'
import type { PhotoId } from '../../../shared/ids.ts'
import { Random } from '../../../shared/random.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { decodeForNetwork, type NetworkPixels } from '../../media/decode.ts'
import type { ThumbnailCache } from '../../media/thumbnails.ts'
import { BENCHMARK_PHOTOS } from './runtime-benchmark.ts'

/** A colour field is enlarged from so many random pixels along each edge. */
const FEWEST_PIXELS = 2
const MOST_PIXELS = 12

/**
 * Photos to try runtimes on: of the library, from its thumbnails; colour fields where it has too few.
 * @param size edge of the network's input, in pixels
 * @throws the reason of the signal
 */
export async function benchmarkPhotos(
  { catalog, thumbnails }: { readonly catalog: Catalog; readonly thumbnails: ThumbnailCache },
  size: number,
  signal: AbortSignal,
): Promise<NetworkPixels[]> {
  const photos: NetworkPixels[] = []
  for (const id of strideSample(catalog.photos.grid().ids, BENCHMARK_PHOTOS)) {
    signal.throwIfAborted()
    const contentHash = catalog.photos.byId(id as PhotoId)?.contentHash
    try {
      const thumbnail = contentHash && (await thumbnails.read(contentHash))
      if (thumbnail) photos.push(await decodeForNetwork(thumbnail, size))
    } catch {
      // Without a thumbnail: a colour field takes its place.
    }
  }
  for (let n = 0; photos.length < BENCHMARK_PHOTOS; n++) {
    signal.throwIfAborted()
    photos.push(await colourField(n, size))
  }
  return photos
}

/** A few random pixels, enlarged smoothly: the same ones for the same number. */
async function colourField(number: number, size: number): Promise<NetworkPixels> {
  const random = new Random(`colour field/${number}`)
  const edge = random.int(FEWEST_PIXELS, MOST_PIXELS)
  const few = Uint8Array.from({ length: edge * edge * 3 }, () => random.int(0, 255))
  const enlarged = await sharp(few, { raw: { width: edge, height: edge, channels: 3 } })
    .resize(size, size, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer()
  return { size, rgb: new Uint8Array(enlarged) }
}
