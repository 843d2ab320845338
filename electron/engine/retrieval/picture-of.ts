import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { readPhoto } from '../media/read-photo.ts'

/** Returns the first file of a photo that can be read, of a video its frame; undefined where there is none with a picture. */
export async function pictureOf(catalog: Catalog, id: PhotoId): Promise<Buffer | undefined> {
  for (const { path } of catalog.files.presentOf(id)) {
    const file = await readPhoto(path).catch(() => undefined)
    if (file && !file.video?.standIn) return file.bytes
  }
  return undefined
}
