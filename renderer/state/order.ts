import type { PhotoList } from '../../electron/shared/contract.ts'

export type Order = 'newest' | 'oldest' | 'added'

/** The most photos that the list of recent imports shows. */
export const RECENT = 2000

export type Arranged = Pick<PhotoList, 'ids' | 'aspects' | 'colors' | 'dates' | 'durations' | 'parts'>

/**
 * Returns the photos in an order. The list itself is newest first.
 * @param among only these; without it all
 */
export function arrange(photos: PhotoList, order: Order, among?: ReadonlySet<number>): Arranged {
  const { ids } = photos
  if (order === 'newest' && !among) return photos
  const rows = Array.from(ids, (_, row) => row).filter(row => among?.has(ids[row]!) ?? true)
  if (order === 'oldest') rows.reverse()
  // Ids are given out in the order of import.
  else if (order === 'added') rows.sort((a, b) => ids[b]! - ids[a]!).splice(RECENT)
  const pick = (column: readonly number[]): number[] => rows.map(row => column[row]!)
  return {
    ids: pick(ids),
    aspects: pick(photos.aspects),
    colors: pick(photos.colors),
    dates: pick(photos.dates),
    durations: pick(photos.durations),
    parts: pick(photos.parts),
  }
}
