import { fromPlainError, KindredError, type PlainError } from '../../electron/shared/errors.ts'
import { PHOTO_SCHEME } from '../../electron/shared/desktop.ts'
import { imageSizes, tilePath, uploadPath, type TileAddress } from '../../electron/shared/media-url.ts'
import { UPLOAD_BYTES, uploadTooLarge } from '../../electron/shared/transfer-limits.ts'

const base = (): string => (window.kindred ? `${PHOTO_SCHEME}://` : '/media/')

/** The address of a path that the engine gave out, such as `PhotoDetails.imageUrl`. */
export const mediaUrl = (path: string): string => base() + path

/**
 * Tells photos of the same id in different libraries apart in the browser's cache. The columns of a grid have no content
 * hash, so colour and aspect ratio stand in for it.
 */
const cacheKey = (color: number, aspect: number): string =>
  color.toString(16).padStart(6, '0') + Math.round(aspect * 1000).toString(16)

export const thumbUrl = (id: number, color: number, aspect: number): string =>
  mediaUrl(`thumb/${id}?v=${cacheKey(color, aspect)}`)

export const imageUrl = (id: number, color: number, aspect: number, size: number = imageSizes[1]): string =>
  mediaUrl(`image/${id}?v=${cacheKey(color, aspect)}&size=${size}`)

export const tileUrl = (id: number, color: number, aspect: number, tile: TileAddress): string =>
  mediaUrl(tilePath(id, cacheKey(color, aspect), tile))

export const uploadUrl = (token: string): string => mediaUrl(uploadPath(token))

/** @throws KindredError when the image is too large, or the engine cannot read it */
export async function uploadImage(file: Blob): Promise<string> {
  if (file.size > UPLOAD_BYTES) throw uploadTooLarge()
  const response = await fetch(mediaUrl('upload'), {
    method: 'POST',
    body: file,
    headers: { 'content-type': 'application/octet-stream' },
  }).catch((cause: unknown) => {
    throw notHandedOver('engine-gone', cause)
  })
  const body = (await response.json().catch(() => ({}))) as { token?: string } & Partial<PlainError>
  if (response.ok && body.token !== undefined) return body.token
  const { code, message = '', details } = body
  if (code !== undefined) throw fromPlainError({ code, message, details })
  throw notHandedOver(response.status === 503 ? 'engine-gone' : 'internal')
}

const notHandedOver = (code: 'engine-gone' | 'internal', cause?: unknown): KindredError =>
  new KindredError(code, 'The image could not be handed over.', {
    cause,
    details: { reason: `${code}.upload` },
  })
