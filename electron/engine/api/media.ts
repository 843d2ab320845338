import { readFile } from 'node:fs/promises'
import { asKindredError, KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { parseMediaPath } from '../../shared/media-url.ts'
import { renderImage } from '../media/decode.ts'
import { fsPath } from '../library/paths.ts'
import { processPhoto } from '../retrieval/image-query.ts'
import type { Services } from './services.ts'
import type { Uploads } from './uploads.ts'

export interface MediaResponse {
  readonly status: 200 | 404
  readonly type: 'image/jpeg' | 'text/plain'
  readonly body: Uint8Array
}

/**
 * Returns the pixels that a media URL names. URLs come from outside the engine: any but a well-formed URL of a photo of
 * this library is 404.
 */
export async function serveMedia(
  services: Services,
  uploads: Uploads,
  pathAndQuery: string,
): Promise<MediaResponse> {
  const request = parseMediaPath(pathAndQuery)
  if (!request) return notFound('There is no such image.')
  try {
    if (request.kind === 'upload') return jpeg(uploads.get(request.token).thumbnail)
    const id = request.id as PhotoId
    return jpeg(
      request.kind === 'thumb' ? await thumbnail(services, id) : await image(services, id, request.size),
    )
  } catch (error) {
    return notFound(asKindredError(error).message)
  }
}

async function thumbnail(services: Services, id: PhotoId): Promise<Buffer> {
  const photo = services.catalog.photos.byId(id)
  if (!photo) throw new KindredError('photo-not-found', 'There is no such photo.')
  try {
    return await services.thumbnails.read(photo.contentHash)
  } catch {
    // The cache was emptied, by hand or by a full disk: it fills again as photos are viewed.
    await processPhoto(services, id)
    return services.thumbnails.read(photo.contentHash)
  }
}

/** Returns the photo at a size; its thumbnail if no file of it can be read. */
async function image(services: Services, id: PhotoId, size: number): Promise<Buffer> {
  for (const { path } of services.catalog.files.presentOf(id)) {
    const bytes = await readFile(fsPath(path)).catch(() => undefined)
    if (bytes) return renderImage(bytes, size)
  }
  return thumbnail(services, id)
}

const jpeg = (body: Uint8Array): MediaResponse => ({ status: 200, type: 'image/jpeg', body })
const notFound = (message: string): MediaResponse => ({
  status: 404,
  type: 'text/plain',
  body: Buffer.from(message),
})
