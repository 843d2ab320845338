import { KnownFiles } from '../library/catalog/known-files.ts'
import { fsPath, isBelow, type FilePath } from '../library/paths.ts'
import { statSync } from 'node:fs'
import { absentDrives } from './mount-points.ts'
import { isOutdated, isReadAgain, type Candidate, type ScanDelta, type VanishedFile } from './scan-delta.ts'
import { fileAt } from './walk.ts'

export interface PathDeltaQuery {
  readonly paths: readonly FilePath[]
  readonly catalogFile: string
}

/** Finds what differs from the catalog among single files. Every call blocks its thread. */
export class PathDeltaFinder {
  readonly #paths: readonly FilePath[]
  readonly #known: KnownFiles
  readonly #away: readonly FilePath[]
  readonly #vanished: VanishedFile[] = []
  #next = 0

  constructor({ paths, catalogFile }: PathDeltaQuery) {
    this.#paths = paths
    this.#known = new KnownFiles(catalogFile)
    this.#away = absentDrives(this.#known.mountPoints())
  }

  /** Works for about `millis`, on one file at least. */
  next(millis: number): ScanDelta {
    const until = performance.now() + millis
    const candidates: Candidate[] = []
    const first = this.#next
    while (this.#next < this.#paths.length && (this.#next === first || performance.now() < until)) {
      const path = this.#paths[this.#next++]!
      const found = fileAt(path)
      const row = this.#known.byPath(path)
      if (found && (!row || isOutdated(row, found) || isReadAgain(row)))
        candidates.push({ path, stamp: found.stamp })
      if (!found && row && row.state !== 'missing' && this.#isGone(path)) this.#vanished.push(row)
    }
    const done = this.#next === this.#paths.length
    if (done) this.#known.close()
    const part = { seen: this.#next - first, candidates, failures: [], leftOut: [], mountPoints: [] }
    return { ...part, vanished: done ? this.#vanished : [], done }
  }

  /** Nothing is there, and that is certain. */
  #isGone(path: FilePath): boolean {
    if (this.#away.some(place => isBelow(path, place))) return false
    try {
      return !statSync(fsPath(path), { throwIfNoEntry: false })?.isFile()
    } catch {
      return false
    }
  }
}
