import type { Files } from '../library/catalog/files.ts'
import type { FilePath } from '../library/paths.ts'
import type { PathLedger } from './path-ledger.ts'

/** Paths at which a part of another photo was before a run: neither that nor what is a part now counts as a photo. */
export class PartPaths {
  readonly #files: Files
  readonly #seen = new Map<FilePath, boolean>()

  constructor(files: Files) {
    this.#files = files
  }

  /** Notes what is at a path, before the run changes it. */
  note(path: FilePath): void {
    if (!this.#seen.has(path)) this.#seen.set(path, this.#isPart(path))
  }

  /** The changes of a run as those of photos, without their parts. */
  leaveOut(ledger: PathLedger): PathLedger {
    return ledger.without(
      path => this.#seen.get(path) === true,
      path => this.#isPart(path),
    )
  }

  #isPart(path: FilePath): boolean {
    return (this.#files.byPath(path)?.partOf ?? null) !== null
  }
}
