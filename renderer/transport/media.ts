import { formatBytes, t } from '../locales/i18n.ts'
import type { ErrorCode } from '../../electron/shared/errors.ts'
import { KindredError } from '../../electron/shared/errors.ts'
import { PHOTO_SCHEME } from '../../electron/shared/desktop.ts'
import { imageSizes, tilePath, uploadPath, type TileAddress } from '../../electron/shared/media-url.ts'
import { UPLOAD_BYTES } from '../../electron/shared/transfer-limits.ts'

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
  if (file.size > UPLOAD_BYTES)
    throw new KindredError('file-too-large', t('upload.tooLarge', { size: formatBytes(UPLOAD_BYTES) }))
  const response = await fetch(mediaUrl('upload'), {
    method: 'POST',
    body: file,
    headers: { 'content-type': 'application/octet-stream' },
  }).catch((cause: unknown) => {
    throw new KindredError('engine-gone', t('upload.failed'), { cause })
  })
  const body = (await response.json().catch(() => ({}))) as {
    token?: string
    code?: ErrorCode
    message?: string
  }
  if (response.ok && body.token !== undefined) return body.token
  if (body.code !== undefined) throw new KindredError(body.code, body.message ?? t('upload.failed'))
  throw new KindredError(response.status === 503 ? 'engine-gone' : 'internal', t('upload.failed'))
}
