import sharp from 'sharp'
import { KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { TILE_EDGE, type TileAddress } from '../../shared/media-url.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { renderPixels } from '../media/careful-decode.ts'
import type { Raster } from '../media/decoders/filler.ts'
import { availableMemory } from '../runtime/memory.ts'
import { pictureOf } from './picture-of.ts'

/** The part of the free memory that decoded photos may take. */
const PART_OF_MEMORY = 1 / 4
/** Milliseconds after which a photo of which nobody asked for a tile is decoded anew. */
const KEPT_MS = 30_000

interface Decoded {
  readonly raster: Promise<Raster>
  readonly bytes: number
}

/**
 * Squares of photos with all their pixels, for looking closely. A photo is decoded once for all its tiles and kept while
 * tiles of it are asked for. One that would take more than a quarter of the free memory is kept smaller, its tiles less sharp.
 */
export class PhotoTiles {
  readonly #catalog: Catalog
  /** By id; the one that was asked for last is last. */
  readonly #decoded = new Map<PhotoId, Decoded>()
  #forgetting: ReturnType<typeof setTimeout> | undefined

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  /**
   * Returns a tile as JPEG, its colours in full resolution.
   * @param signal aborted when nobody waits for it any more
   * @throws KindredError `photo-not-found`, `bad-argument` for a tile outside the photo, `cancelled`, or what is wrong with the
   *   file
   */
  async tile(id: PhotoId, { level, column, row }: TileAddress, signal?: AbortSignal): Promise<Buffer> {
    const photo = this.#catalog.photos.byId(id)
    if (!photo) throw new KindredError('photo-not-found', 'There is no such photo.')
    const edge = TILE_EDGE * 2 ** level
    const [left, top] = [column * edge, row * edge]
    if (left >= photo.width || top >= photo.height)
      throw new KindredError('bad-argument', 'The photo has no such tile.')
    const right = Math.min(photo.width, left + edge)
    const bottom = Math.min(photo.height, top + edge)
    const { data, width, height } = await this.#rasterOf(id, photo)
    signal?.throwIfAborted()
    const across = width / photo.width
    const down = height / photo.height
    const area = {
      left: Math.floor(left * across),
      top: Math.floor(top * down),
      width: Math.max(1, Math.floor(right * across) - Math.floor(left * across)),
      height: Math.max(1, Math.floor(bottom * down) - Math.floor(top * down)),
    }
    const scale = 2 ** level
    return sharp(data, { raw: { width, height, channels: 3 } })
      .extract(area)
      .resize(Math.ceil((right - left) / scale), Math.ceil((bottom - top) / scale), { fit: 'fill' })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer()
  }

  #rasterOf(id: PhotoId, { width, height }: { width: number; height: number }): Promise<Raster> {
    this.#forgetLater()
    const limit = availableMemory() * PART_OF_MEMORY
    const scale = Math.min(1, Math.sqrt(limit / (width * height * 3)))
    const known = this.#decoded.get(id)
    this.#decoded.delete(id)
    const decoded = known ?? {
      raster: this.#decode(id, Math.ceil(Math.max(width, height) * scale)),
      bytes: width * height * 3 * scale ** 2,
    }
    this.#decoded.set(id, decoded)
    // What failed is tried again.
    decoded.raster.catch(() => this.#decoded.delete(id))
    this.#forgetBeyond(limit)
    return decoded.raster
  }

  /** @param size pixels of the longest edge */
  async #decode(id: PhotoId, size: number): Promise<Raster> {
    const bytes = await pictureOf(this.#catalog, id)
    if (!bytes) throw new KindredError('file-vanished', 'No file of this photo can be read.')
    return renderPixels(bytes, size)
  }

  /** Forgets what was not asked for the longest; the last one stays. */
  #forgetBeyond(limit: number): void {
    let bytes = 0
    for (const [id, decoded] of [...this.#decoded].reverse()) {
      bytes += decoded.bytes
      if (bytes > decoded.bytes && bytes > limit) this.#decoded.delete(id)
    }
  }

  #forgetLater(): void {
    clearTimeout(this.#forgetting)
    this.#forgetting = setTimeout(() => this.#decoded.clear(), KEPT_MS).unref()
  }
}
