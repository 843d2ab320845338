import type { PhotoId } from '../../shared/ids.ts'
import type { ImportCounts } from '../../shared/results.ts'
import type { FilePath } from '../library/paths.ts'

interface Change {
  readonly before: PhotoId | null
  after: PhotoId | null
}

/**
 * A run's counts are the difference of the path → photo map before and after it: a swap of two files is two moves, an
 * overwritten file one removal, and nothing is counted twice.
 */
export class PathLedger {
  readonly #changes = new Map<FilePath, Change>()

  record(path: FilePath, before: PhotoId | null, after: PhotoId | null): void {
    const known = this.#changes.get(path)
    if (known) known.after = after
    else this.#changes.set(path, { before, after })
  }

  /** The same changes without the paths that held no photo of their own before or after: parts of photos are not counted. */
  without(isPartBefore: (path: FilePath) => boolean, isPartAfter: (path: FilePath) => boolean): PathLedger {
    const others = new PathLedger()
    for (const [path, { before, after }] of this.#changes)
      others.record(path, isPartBefore(path) ? null : before, isPartAfter(path) ? null : after)
    return others
  }

  /** Photos that got a path. */
  gained(): Set<PhotoId> {
    return new Set([...this.#real()].flatMap(({ after }) => after ?? []))
  }

  /** Photos that lost a path. */
  lost(): Set<PhotoId> {
    return new Set([...this.#real()].flatMap(({ before }) => before ?? []))
  }

  /** Of each path that held another photo before, both photos. */
  *#replaced(): Generator<{ before: PhotoId; after: PhotoId }> {
    for (const { before, after } of this.#real())
      if (before !== null && after !== null) yield { before, after }
  }

  /**
   * @param pathsNow how many paths hold a photo now
   * @param isNew whether the photo was unknown to the library before this run
   */
  counts(
    pathsNow: (photo: PhotoId) => number,
    isNew: (photo: PhotoId) => boolean,
  ): Omit<ImportCounts, 'photos'> {
    const gained = new Map<PhotoId, number>()
    const lost = new Map<PhotoId, number>()
    for (const { before, after } of this.#real()) {
      if (after !== null) gained.set(after, (gained.get(after) ?? 0) + 1)
      if (before !== null) lost.set(before, (lost.get(before) ?? 0) + 1)
    }
    const come = new Set<PhotoId>()
    const gone = new Set<PhotoId>()
    let moved = 0
    let copies = 0
    for (const photo of new Set([...gained.keys(), ...lost.keys()])) {
      const [won, given, now] = [gained.get(photo) ?? 0, lost.get(photo) ?? 0, pathsNow(photo)]
      const had = now - won + given
      if (had === 0 && now > 0) come.add(photo)
      if (had > 0 && now === 0) gone.add(photo)
      moved += Math.min(won, given)
      copies += Math.max(0, won - given - (had === 0 ? 1 : 0))
    }
    let updated = 0
    for (const { before, after } of this.#replaced()) {
      const edited = gone.has(before) && come.has(after)
      if (!edited) continue
      updated++
      gone.delete(before)
      come.delete(after)
    }
    const restored = [...come].filter(photo => !isNew(photo)).length
    return { added: come.size, updated, moved, removed: gone.size, restored, copies }
  }

  *#real(): Generator<Change> {
    // In the order of the paths, so that the order of the work does not matter.
    for (const path of [...this.#changes.keys()].sort()) {
      const change = this.#changes.get(path)!
      if (change.before !== change.after) yield change
    }
  }
}
