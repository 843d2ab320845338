import { KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { renderImage } from '../media/careful-decode.ts'
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import { remakeThumbnail, type QueryTools } from './image-query.ts'
import { pictureOf } from './picture-of.ts'

/** Thumbnails made again at once: where all are gone, a page asks for hundreds, and other work goes on beside it. */
const REMADE_AT_ONCE = 2

/** The pictures of photos, as JPEG. */
export class PhotoImages {
  readonly #tools: QueryTools
  readonly #remaking = new WeightedSemaphore(REMADE_AT_ONCE)
  /** Thumbnails that are being made: a second request for one waits for the first. */
  readonly #beingMade = new Map<PhotoId, Promise<Buffer>>()

  constructor(tools: QueryTools) {
    this.#tools = tools
  }

  /**
   * Returns the thumbnail. One that is missing or damaged, by hand, by a full disk or a loss of power, is made again.
   * @param signal aborted when nobody waits for it any more
   * @throws KindredError `photo-not-found`, `cancelled`, or what is wrong with the photo's files
   */
  async thumbnail(id: PhotoId, signal?: AbortSignal): Promise<Buffer> {
    const { catalog, thumbnails } = this.#tools
    const photo = catalog.photos.byId(id)
    if (!photo) throw new KindredError('photo-not-found', 'There is no such photo.')
    const kept = await thumbnails.read(photo.contentHash)
    return kept ?? this.#remaking.run(1, () => this.#remake(id, photo.contentHash, signal))
  }

  /**
   * Returns the photo with its longest edge at most `size`; its thumbnail if no file of it can be read.
   * @throws KindredError `photo-not-found`, `cancelled`, or what is wrong with the file
   */
  async image(id: PhotoId, size: number, signal?: AbortSignal): Promise<Buffer> {
    const bytes = await pictureOf(this.#tools.catalog, id)
    return bytes ? renderImage(bytes, size) : this.thumbnail(id, signal)
  }

  async #remake(id: PhotoId, contentHash: Buffer, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted()
    const beingMade = this.#beingMade.get(id)
    if (beingMade) return beingMade
    const making = this.#make(id, contentHash).finally(() => this.#beingMade.delete(id))
    this.#beingMade.set(id, making)
    return making
  }

  async #make(id: PhotoId, contentHash: Buffer): Promise<Buffer> {
    // Another request for the same photo may have made it before this one's turn.
    const made = await this.#tools.thumbnails.read(contentHash)
    return made ?? remakeThumbnail(this.#tools, id)
  }
}
