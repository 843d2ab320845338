import type { DuplicateTraits } from '../../library/rows.ts'
import { hashDistance } from '../../media/perceptual-hash.ts'

/** The most bits of 64 in which copies of a photo differ. With seven, one of the eight bytes is always equal. */
const COPY_BITS = 7
/** Photos of one camera at most this far apart are a burst, in milliseconds. */
const BURST_GAP = 10_000

/**
 * Groups near-duplicates: copies by their perceptual hash, bursts by camera and time of capture. If a is grouped with b,
 * and b with c, all three are one group.
 * @returns the group of each photo, named by the smallest position in it
 */
export function groupDuplicates(photos: readonly DuplicateTraits[]): Int32Array {
  const groups = new DisjointSets(photos.length)
  joinCopies(photos, groups)
  joinBursts(photos, groups)
  return Int32Array.from(photos.keys(), position => groups.find(position))
}

/** Compares only photos with a byte of their hash in common, see COPY_BITS. */
function joinCopies(photos: readonly DuplicateTraits[], groups: DisjointSets): void {
  const buckets = new Map<number, number[]>()
  for (const [position, { perceptualHash }] of photos.entries()) {
    if (!perceptualHash) continue
    for (const [place, byte] of perceptualHash.entries()) {
      const key = place * 256 + byte
      const bucket = buckets.get(key) ?? []
      for (const other of bucket)
        if (hashDistance(perceptualHash, photos[other]!.perceptualHash!) <= COPY_BITS)
          groups.join(position, other)
      bucket.push(position)
      buckets.set(key, bucket)
    }
  }
}

function joinBursts(photos: readonly DuplicateTraits[], groups: DisjointSets): void {
  const timed = [...photos.keys()].filter(position => photos[position]!.takenAt !== null)
  const time = (position: number): number => photos[position]!.takenAt!
  timed.sort((a, b) => time(a) - time(b))
  const last = new Map<string | null, number>()
  for (const position of timed) {
    const { camera } = photos[position]!
    const before = last.get(camera)
    if (before !== undefined && time(position) - time(before) <= BURST_GAP) groups.join(position, before)
    last.set(camera, position)
  }
}

/** Union-find with path halving. */
class DisjointSets {
  readonly #parent: Int32Array

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i)
  }

  find(item: number): number {
    let at = item
    while (this.#parent[at] !== at) {
      this.#parent[at] = this.#parent[this.#parent[at]!]!
      at = this.#parent[at]!
    }
    return at
  }

  /** The smaller name becomes the name of both. */
  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)]
    this.#parent[Math.max(x, y)] = Math.min(x, y)
  }
}
