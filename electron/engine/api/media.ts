import { asKindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { parseMediaPath } from '../../shared/media-url.ts'
import type { PhotoImages } from '../retrieval/photo-images.ts'
import type { PhotoTiles } from '../retrieval/photo-tiles.ts'
import type { Uploads } from './uploads.ts'

export interface MediaResponse {
  readonly status: 200 | 404
  readonly type: 'image/jpeg' | 'text/plain'
  readonly body: Uint8Array
}

/** Where the pixels of the library's photos come from. */
export interface MediaSources {
  readonly images: PhotoImages
  readonly tiles: PhotoTiles
}

/**
 * Returns the pixels that a media URL names. URLs come from outside the engine: any but a well-formed URL of a photo of
 * this library is 404.
 * @param signal aborted when the request is given up
 */
export async function serveMedia(
  { images, tiles }: MediaSources,
  uploads: Uploads,
  pathAndQuery: string,
  signal?: AbortSignal,
): Promise<MediaResponse> {
  const request = parseMediaPath(pathAndQuery)
  if (!request) return notFound('There is no such image.')
  try {
    if (request.kind === 'upload') return jpeg(uploads.get(request.token).thumbnail)
    const id = request.id as PhotoId
    switch (request.kind) {
      case 'thumb':
        return jpeg(await images.thumbnail(id, signal))
      case 'image':
        return jpeg(await images.image(id, request.size, signal))
      case 'tile':
        return jpeg(await tiles.tile(id, request, signal))
    }
  } catch (error) {
    return notFound(asKindredError(error).message)
  }
}

const jpeg = (body: Uint8Array): MediaResponse => ({ status: 200, type: 'image/jpeg', body })
const notFound = (message: string): MediaResponse => ({
  status: 404,
  type: 'text/plain',
  body: Buffer.from(message),
})
