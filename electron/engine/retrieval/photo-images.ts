import { readFile } from 'node:fs/promises'
import { KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { fsPath } from '../library/paths.ts'
import { renderImage } from '../media/decode.ts'
import { processPhoto, type QueryTools } from './image-query.ts'

/** The pictures of photos, as JPEG. */
export class PhotoImages {
  readonly #tools: QueryTools

  constructor(tools: QueryTools) {
    this.#tools = tools
  }

  /** @throws KindredError `photo-not-found` */
  async thumbnail(id: PhotoId): Promise<Buffer> {
    const { catalog, thumbnails } = this.#tools
    const photo = catalog.photos.byId(id)
    if (!photo) throw new KindredError('photo-not-found', 'There is no such photo.')
    try {
      return await thumbnails.read(photo.contentHash)
    } catch {
      // The cache was emptied, by hand or by a full disk: it fills again as photos are viewed.
      await processPhoto(this.#tools, id)
      return thumbnails.read(photo.contentHash)
    }
  }

  /**
   * Returns the photo with its longest edge at most `size`; its thumbnail if no file of it can be read.
   * @throws KindredError `photo-not-found`, or what is wrong with the file
   */
  async image(id: PhotoId, size: number): Promise<Buffer> {
    for (const { path } of this.#tools.catalog.files.presentOf(id)) {
      const bytes = await readFile(fsPath(path)).catch(() => undefined)
      if (bytes) return renderImage(bytes, size)
    }
    return this.thumbnail(id)
  }
}
