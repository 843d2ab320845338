import { asKindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { parseMediaPath } from '../../shared/media-url.ts'
import type { PhotoImages } from '../retrieval/photo-images.ts'
import type { Uploads } from './uploads.ts'

export interface MediaResponse {
  readonly status: 200 | 404
  readonly type: 'image/jpeg' | 'text/plain'
  readonly body: Uint8Array
}

/**
 * Returns the pixels that a media URL names. URLs come from outside the engine: any but a well-formed URL of a photo of
 * this library is 404.
 * @param signal aborted when the request is given up
 */
export async function serveMedia(
  images: PhotoImages,
  uploads: Uploads,
  pathAndQuery: string,
  signal?: AbortSignal,
): Promise<MediaResponse> {
  const request = parseMediaPath(pathAndQuery)
  if (!request) return notFound('There is no such image.')
  try {
    if (request.kind === 'upload') return jpeg(uploads.get(request.token).thumbnail)
    const id = request.id as PhotoId
    const body =
      request.kind === 'thumb' ? images.thumbnail(id, signal) : images.image(id, request.size, signal)
    return jpeg(await body)
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
