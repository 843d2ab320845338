import { TILE_EDGE, type TileAddress } from '../../../electron/shared/media-url.ts'
import type { Box, Size } from './zoom.svelte.ts'

/** A tile, and where it lies from the photo's top left corner, in CSS pixels. */
export interface PlacedTile extends TileAddress, Box {}

/** The last level that can be requested. */
const LAST_LEVEL = 9

/**
 * Returns the tiles of what is in sight of a photo, each at least as sharp as the screen.
 * @param photo its pixels
 * @param box where it lies on the stage
 * @param stage what is in sight
 * @param ratio device pixels for each CSS pixel
 */
export function tilesInSight(photo: Size, box: Box, stage: Size, ratio: number): PlacedTile[] {
  const perPixel = box.width / photo.width
  const level = Math.min(LAST_LEVEL, Math.max(0, Math.floor(Math.log2(1 / (perPixel * ratio)))))
  const edge = TILE_EDGE * 2 ** level
  const columns = numbersInSight(-box.left, stage.width, photo.width, edge, perPixel)
  const rows = numbersInSight(-box.top, stage.height, photo.height, edge, perPixel)
  return rows.flatMap(row =>
    columns.map(column => ({
      level,
      column,
      row,
      left: column * edge * perPixel,
      top: row * edge * perPixel,
      width: Math.min(edge, photo.width - column * edge) * perPixel,
      height: Math.min(edge, photo.height - row * edge) * perPixel,
    })),
  )
}

/** @param start where what is in sight begins, in CSS pixels of the photo */
function numbersInSight(
  start: number,
  length: number,
  pixels: number,
  edge: number,
  perPixel: number,
): number[] {
  const first = Math.max(0, Math.floor(start / (edge * perPixel)))
  const end = Math.min(Math.ceil(pixels / edge), Math.ceil((start + length) / (edge * perPixel)))
  return Array.from({ length: Math.max(0, end - first) }, (_, n) => first + n)
}
