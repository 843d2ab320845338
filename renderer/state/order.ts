import type { PhotoList } from '../../electron/shared/contract.ts'
import type { SortOrder } from './preferences.svelte.ts'

export type Arranged = Pick<PhotoList, 'ids' | 'aspects' | 'colors' | 'dates' | 'durations' | 'parts'>

/**
 * Returns the photos in an order. The list itself is newest first.
 * @param among only these; without it all
 */
export function arrange(photos: PhotoList, order: SortOrder, among?: ReadonlySet<number>): Arranged {
  const { ids } = photos
  if (order === 'newest' && !among) return photos
  const rows = Array.from(ids, (_, row) => row).filter(row => among?.has(ids[row]!) ?? true)
  return pick(photos, order === 'oldest' ? rows.reverse() : rows)
}

/** Returns the photos in these rows of the list. */
export function pick(photos: PhotoList, rows: readonly number[]): Arranged {
  const from = (column: readonly number[]): number[] => rows.map(row => column[row]!)
  return {
    ids: from(photos.ids),
    aspects: from(photos.aspects),
    colors: from(photos.colors),
    dates: from(photos.dates),
    durations: from(photos.durations),
    parts: from(photos.parts),
  }
}
