import { sep } from 'node:path'
import type { LeftOutReason } from '../../shared/contract.ts'
import type { LeftOut } from '../library/catalog/roots.ts'
import type { FilePath } from '../library/paths.ts'
import type { Found } from './walk.ts'

/** Counts what walks leave out, by the folder that is walked and the reason. */
export class LeftOutTally {
  readonly #folders = new Map<FilePath, Map<LeftOutReason, LeftOut>>()
  /** What the program's own rules left out, in any of the walks. */
  readonly #byRule = new Set<FilePath>()
  #counts = new Map<LeftOutReason, LeftOut>()

  /** Counts for this folder from here on. */
  begin(folder: FilePath): void {
    this.#counts = new Map()
    this.#folders.set(folder, this.#counts)
  }

  add({ path, reason, isFolder }: Extract<Found, { kind: 'left-out' }>): void {
    const known = this.#counts.get(reason) ?? { reason, folders: 0, files: 0, example: path }
    const { folders, files } = known
    this.#counts.set(reason, {
      ...known,
      folders: folders + (isFolder ? 1 : 0),
      files: files + (isFolder ? 0 : 1),
    })
    if (reason !== 'ignored') this.#byRule.add(path)
  }

  /** Whether one of the program's rules left the path out, or a folder that it lies in. */
  isLeftOutByRule(path: FilePath): boolean {
    for (let end = path.length; end > 0; end = path.lastIndexOf(sep, end - 1))
      if (this.#byRule.has(path.slice(0, end))) return true
    return false
  }

  byFolder(): { folder: FilePath; leftOut: LeftOut[] }[] {
    return Array.from(this.#folders, ([folder, counts]) => ({ folder, leftOut: [...counts.values()] }))
  }
}
