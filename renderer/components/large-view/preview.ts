import { imageSizes } from '../../../electron/shared/media-url.ts'
import type { Size } from './zoom.svelte.ts'

/**
 * Returns the smallest size in which a photo can be requested that is sharp where all of it is shown.
 * @param aspect width by height
 * @param area into which it fits, in CSS pixels
 * @param ratio device pixels for each CSS pixel
 */
export function previewSize(aspect: number, area: Size, ratio: number): number {
  const height = Math.min(area.height, area.width / aspect)
  const longest = height * Math.max(1, aspect) * ratio
  return imageSizes.find(size => size >= longest) ?? imageSizes.at(-1)!
}
