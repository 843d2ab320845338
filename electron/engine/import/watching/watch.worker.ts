/** @file The thread that watches folders on one drive: one that does not respond blocks it and no other. */
import { performance } from 'node:perf_hooks'
import type { FolderWatching } from '../../../shared/contract.ts'
import { isBelow, type FilePath } from '../../library/paths.ts'
import { serveWorkerAtOnce } from '../../runtime/threads/rpc.ts'
import { mountPointsIn } from '../mount-points.ts'
import { ChangeFinder, type ChangeQuery } from './change-finder.ts'
import { FolderHandles } from './folder-handles.ts'

/** Milliseconds of quiet after a hint before the folder is compared, and the most that it waits for them. */
const QUIET = 400
const PATIENCE = 1200
/** Milliseconds between two looks whether folders and drives have come or gone: no hint tells that one is mounted. */
const LOOK_AT_DRIVES = 2000
/** Milliseconds between two looks at all where no hints come: they grow while nothing changes. */
const [FIRST_LOOK, LAST_LOOK, GROWTH] = [10_000, 300_000, 1.5]
/** A look takes at most this share of the time. */
const SHARE = 1 / 20

export interface WatchQuery extends ChangeQuery {
  /** False where no hints come, such as on a network drive, on which other machines make changes. */
  readonly hints: boolean
  /** Whether all is looked at again and again, as where such a drive is mounted in one of the folders. */
  readonly looks: boolean
}

export interface WatchedChanges {
  readonly paths: readonly FilePath[]
  readonly watching: FolderWatching
  /** Folders of the library, and places of drives in them, that are not there. */
  readonly away: readonly FilePath[]
  /** Where drives are mounted in these folders. */
  readonly mountPoints: readonly FilePath[]
}

class Watch {
  readonly #query: WatchQuery
  readonly #handles: FolderHandles
  readonly #finder: ChangeFinder
  readonly #dirty = new Set<FilePath>()
  /** Where drives are mounted in these folders. */
  #mounted: readonly FilePath[]
  #dirtySince = 0
  #quiet: NodeJS.Timeout | undefined
  #woken = Promise.withResolvers<undefined>()
  #interval = FIRST_LOOK
  #nextLook: NodeJS.Timeout | undefined

  constructor(query: WatchQuery) {
    this.#query = query
    this.#handles = new FolderHandles(query.roots, query.hints ? folder => this.#mark([folder]) : undefined)
    this.#finder = new ChangeFinder(query, this.#handles)
    this.#mounted = mountPointsIn(query.roots)
    setInterval(() => this.#lookAtDrives(), LOOK_AT_DRIVES).unref()
    this.look()
  }

  /** Resolves when there are folders to compare. */
  get woken(): Promise<undefined> {
    return this.#woken.promise
  }

  /** Marks everything. */
  look(): void {
    this.#handles.forget(this.#query.roots)
    this.#mark(this.#query.roots)
  }

  compare(): WatchedChanges {
    const folders = [...this.#dirty]
    this.#dirty.clear()
    this.#woken = Promise.withResolvers<undefined>()
    const started = performance.now()
    const { paths, restless } = this.#finder.compare(folders)
    if (restless.length > 0) this.#mark(restless)
    const watching = this.#watching()
    if (watching !== 'hints') this.#lookLater(paths.length > 0, performance.now() - started)
    return { paths, watching, away: this.#finder.away(), mountPoints: this.#mounted }
  }

  #watching(): FolderWatching {
    if (this.#query.looks) return 'no-hints'
    return this.#handles.exhausted ? 'too-many-folders' : 'hints'
  }

  #mark(folders: readonly FilePath[]): void {
    if (this.#dirty.size === 0) this.#dirtySince = performance.now()
    for (const folder of folders) this.#dirty.add(folder)
    const waits = Math.min(QUIET, this.#dirtySince + PATIENCE - performance.now())
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => this.#woken.resolve(undefined), Math.max(0, waits))
  }

  /** A folder may be replaced by another, as when a drive is mounted there. */
  #lookAtDrives(): void {
    const { roots } = this.#query
    const before = this.#mounted
    this.#mounted = mountPointsIn(roots)
    const replaced = [
      ...roots.filter(root => !this.#handles.isSame(root)),
      ...this.#mounted.filter(place => !before.includes(place) || this.#handles.isOther(place)),
      ...before.filter(place => !this.#mounted.includes(place)),
    ]
    const holding = replaced.flatMap(place => this.#holding(place) ?? [])
    const changed = holding.filter(folder => !this.#dirty.has(folder))
    if (changed.length === 0) return
    this.#handles.forget(replaced)
    this.#mark(changed)
  }

  /** The folder whose comparison shows what has become of this one. */
  #holding(place: FilePath): FilePath | undefined {
    const { roots } = this.#query
    const root = roots.find(root => isBelow(place, root))
    return root === undefined || root === place ? root : this.#handles.nearestAbove(place, root)
  }

  #lookLater(hasChanged: boolean, millis: number): void {
    this.#interval = hasChanged ? FIRST_LOOK : Math.min(LAST_LOOK, this.#interval * GROWTH)
    clearTimeout(this.#nextLook)
    this.#nextLook = setTimeout(() => this.look(), Math.max(this.#interval, millis / SHARE)).unref()
  }
}

let watch: Watch | undefined

const api = {
  begin(query: WatchQuery): void {
    watch = new Watch(query)
  },

  async next(): Promise<void> {
    await watch!.woken
  },

  compare: (): WatchedChanges => watch!.compare(),

  look(): void {
    watch!.look()
  },
}

export type WatchWorkerApi = typeof api

serveWorkerAtOnce(api)
