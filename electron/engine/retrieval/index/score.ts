/** Returns the cosine similarity of two unit vectors at this Euclidean distance, clamped to 0…1: |a − b|² = 2 − 2 cos. */
export const scoreOf = (distance: number): number => Math.min(1, Math.max(0, 1 - (distance * distance) / 2))
