import type { PhotoId } from '../../../shared/ids.ts'

/** Photos embedded in one call to the index thread: a search waits no longer than that takes (about 0.1 s). */
const CHUNK = 512

/** An index that is brought in step with a set of photos. */
export interface Fillable {
  /** The photos that it holds; `add` and `remove` keep it. */
  readonly photos: ReadonlySet<PhotoId>
  add(photos: readonly PhotoId[]): Promise<void>
  remove(photos: readonly PhotoId[]): Promise<void>
}

/**
 * Adds and removes photos until nothing is missing and nothing is left over. Photos come and go meanwhile, so it
 * compares again after each round.
 * @param wanted the photos that the index is to hold, as of now
 * @param complete called at the end with the number of photos added and removed. Nothing is awaited between the last
 * comparison and this call: an index that takes another's place in it misses no photo.
 * @param betweenChunks awaited after every few hundred photos; what it throws ends the work
 * @returns what `complete` returns
 */
export async function fillIndex<T>(
  index: Fillable,
  wanted: () => ReadonlySet<PhotoId>,
  complete: (changes: number) => T,
  betweenChunks: (photos: number) => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  let changes = 0
  let difference = compare(index.photos, wanted())
  while (difference.count > 0) {
    changes += difference.count
    if (difference.surplus.length > 0) await index.remove(difference.surplus)
    for (const chunk of chunks(difference.lacking)) {
      await index.add(chunk)
      await betweenChunks(chunk.length)
    }
    difference = compare(index.photos, wanted())
  }
  return complete(changes)
}

function compare(held: ReadonlySet<PhotoId>, wanted: ReadonlySet<PhotoId>) {
  const surplus = [...held.difference(wanted)]
  const lacking = [...wanted.difference(held)]
  return { surplus, lacking, count: surplus.length + lacking.length }
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK)
}
