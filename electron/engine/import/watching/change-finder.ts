import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { KnownFiles, readMountPoints, type KnownFile } from '../../library/catalog/known-files.ts'
import { fsPath, isBelow, type FilePath } from '../../library/paths.ts'
import type { FileStamp } from '../../library/rows.ts'
import { absentDrives } from '../mount-points.ts'
import { isOutdated, isReadAgain } from '../scan-delta.ts'
import { walk, type WalkOptions } from '../walk.ts'
import type { FolderHandles } from './folder-handles.ts'
import { Settling } from './settling.ts'

export interface ChangeQuery extends WalkOptions {
  readonly roots: readonly FilePath[]
  readonly catalogFile: string
}

export interface Changes {
  /** Files that differ from the catalog and have come to rest. */
  readonly paths: readonly FilePath[]
  /** Folders in which something has not come to rest yet. */
  readonly restless: readonly FilePath[]
}

interface Difference {
  readonly path: FilePath
  /** Of what is there now. */
  readonly stamp: FileStamp | undefined
  /** It is as the catalog has it, and is only to be read once more. */
  readonly hasRested?: boolean
}

/** Compares folders with the catalog, and watches those that it finds. Every call blocks its thread. */
export class ChangeFinder {
  readonly #query: ChangeQuery
  readonly #handles: FolderHandles
  readonly #settling = new Settling()

  constructor(query: ChangeQuery, handles: FolderHandles) {
    this.#query = query
    this.#handles = handles
  }

  /** Folders of the library that are not there, and places in them at which a drive was mounted and is not. */
  away(): FilePath[] {
    const { roots, catalogFile } = this.#query
    const inside = readMountPoints(catalogFile).filter(place => roots.some(root => isBelow(place, root)))
    const gone = roots.filter(root => statSync(fsPath(root), { throwIfNoEntry: false }) === undefined)
    return [...new Set([...gone, ...absentDrives(inside)])]
  }

  /** Compares folders, each by itself; those inside that are not known yet with all below them. */
  compare(folders: readonly FilePath[]): Changes {
    const known = new KnownFiles(this.#query.catalogFile)
    const paths = new Set<FilePath>()
    const restless = new Set<FilePath>()
    try {
      const away = absentDrives(known.mountPoints())
      for (const folder of folders)
        for (const { path, stamp, hasRested = false } of this.#differences(folder, known)) {
          if (!stamp && away.some(place => isBelow(path, place))) continue
          if (hasRested || this.#settling.isSettled(path, stamp, performance.now())) paths.add(path)
          // A folder further down is passed over by the comparison of this one.
          else restless.add(this.#handles.nearestAbove(path, folder))
        }
    } finally {
      known.close()
    }
    return { paths: [...paths], restless: [...restless] }
  }

  /** Yields each path that differs. */
  *#differences(folder: FilePath, reader: KnownFiles): Generator<Difference> {
    const { roots } = this.#query
    const root = roots.find(root => isBelow(folder, root))
    if (root === undefined) return
    const handles = this.#handles
    const inside = handles.inside(folder).filter(path => !roots.includes(path))
    handles.forget(inside.filter(path => !handles.isSame(path)))
    const before = inside.filter(path => handles.has(path))
    const known = reader.outsideOf(folder, path => handles.has(path))
    const seen = new Set<FilePath>()
    const unknown: FilePath[] = []
    // Nothing was known of the folder: the library was opened, somebody looks, or a drive is back.
    const isLook = !handles.has(folder)
    handles.reopen(folder)
    for (const found of walk(folder, this.#walkOptions(folder, root, seen), handles.entered)) {
      if (found.kind === 'file') {
        const row = known.get(found.path)
        known.delete(found.path)
        const { path, stamp } = found
        if (!row || isOutdated(row, found)) yield { path, stamp }
        else if (isReadAgain(row) && (isLook || dirname(path) !== folder))
          yield { path, stamp, hasRested: true }
        else this.#settling.forget(found.path)
      } else if (found.kind !== 'failed') unknown.push(found.path)
      else if (found.code !== 'broken-link') known.delete(found.path)
    }
    if (unknown.includes(folder)) {
      // Gone, or not to be read: the folder that holds it tells which.
      handles.forget([folder])
      return
    }
    const gone = before.filter(path => !seen.has(path))
    handles.forget(gone)
    for (const row of [...known.values(), ...reader.below(gone).values()])
      if (isGone(row, unknown)) yield { path: row.path, stamp: undefined }
  }

  #walkOptions(folder: FilePath, root: FilePath, seen: Set<FilePath>): WalkOptions {
    const { ignore, ignoreIn, takesNoMedia = false, exclude } = this.#query
    return {
      exclude,
      takesNoMedia,
      // Patterns count from the folder of the library, wherever the walk begins.
      ignore: [],
      ignoreIn: { ...ignoreIn, [root]: [...(ignoreIn?.[root] ?? []), ...ignore] },
      isChosen: folder === root,
      enters: path => {
        seen.add(path)
        return !this.#handles.has(path)
      },
      onFolder: (path, real) => this.#handles.add(path, real),
    }
  }
}

const isGone = ({ path, state }: KnownFile, unknown: readonly FilePath[]): boolean =>
  state !== 'missing' && !unknown.some(folder => isBelow(path, folder))
