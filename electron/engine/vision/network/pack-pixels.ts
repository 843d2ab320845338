import type { NetworkPixels } from '../../media/decode.ts'

/**
 * Joins the pixels of photos to one array, as the runtimes take them.
 * @returns `count × size × size × 3` bytes, a copy
 */
export function packPixels(photos: readonly NetworkPixels[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = size ** 2 * 3
  const rgb = new Uint8Array(bytes * photos.length)
  for (const [n, photo] of photos.entries()) rgb.set(photo.rgb, n * bytes)
  return rgb
}
