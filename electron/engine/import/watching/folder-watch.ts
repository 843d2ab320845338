import { realpathSync } from 'node:fs'
import type { FolderWatching } from '../../../shared/contract.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { LibraryLayout } from '../../library/layout.ts'
import type { FilePath } from '../../library/paths.ts'
import { driveOf, isRemote, mountTable } from '../../media/drive.ts'
import { inBackground } from '../../runtime/background.ts'
import type { JobRunner } from '../../runtime/jobs/job-runner.ts'
import type { Logger } from '../../runtime/log.ts'
import { leftOutBy } from '../ignore.ts'
import type { LibraryService } from '../library-service.ts'
import { WatchThread } from './watch-thread.ts'
import type { WatchQuery } from './watch.worker.ts'

/** Milliseconds from a change of the library to the look whether other folders are to be watched by now. */
const REFRESH_AFTER = 1000
/** Milliseconds between two looks at everything that a window asks for. */
const LOOK_AGAIN = 10_000

export interface WatchTools {
  readonly catalog: Catalog
  readonly jobs: JobRunner
  readonly library: LibraryService
  readonly layout: LibraryLayout
  readonly log: Logger
}

/** Keeps a library like its folders while it is open: the folders of each drive are watched in a thread of their own. */
export class FolderWatch {
  readonly #tools: WatchTools
  /** By their queries, as text: another query needs another thread. */
  readonly #threads = new Map<string, WatchThread>()
  #refreshing: NodeJS.Timeout | undefined
  #stopListening: (() => void) | undefined
  #lookedAt = -Infinity
  readonly #listeners = new Set<() => void>()

  constructor(tools: WatchTools) {
    this.#tools = tools
  }

  /** Whether folders are watched while the library is open. */
  get enabled(): boolean {
    return this.#tools.catalog.settings.number('watches') !== 0
  }

  set enabled(enabled: boolean) {
    this.#tools.catalog.settings.set('watches', enabled ? 1 : 0)
    this.#refreshSoon()
  }

  /** Watches from now on. */
  start(): void {
    if (this.#stopListening) return
    this.#stopListening = this.#tools.jobs.onChange(() => this.#refreshSoon())
    this.#refreshSoon()
  }

  /** Compares all folders with the catalog, as when a window comes to the front. */
  look(): void {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_AGAIN) return
    this.#lookedAt = now
    for (const thread of this.#threads.values()) thread.look()
  }

  /** Folders and drives with photos that are not there at present; none that are not watched. */
  get away(): FilePath[] {
    return [...this.#threads.values()].flatMap(({ away }) => away)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** How a folder is watched; `off` where it is not. */
  watchingOf(root: FilePath): FolderWatching {
    return [...this.#threads.values()].find(({ roots }) => roots.includes(root))?.watching ?? 'off'
  }

  async close(): Promise<void> {
    this.#stopListening?.()
    clearTimeout(this.#refreshing)
    await Promise.all([...this.#threads.values()].map(thread => thread.close()))
    this.#threads.clear()
  }

  #refreshSoon(): void {
    if (!this.#stopListening) return
    const refresh = (): void => {
      this.#refreshing = undefined
      inBackground(this.#tools.log, 'Watching folders', () => this.#refresh())
    }
    this.#refreshing ??= setTimeout(refresh, REFRESH_AFTER).unref()
  }

  async #refresh(): Promise<void> {
    const wanted = new Map(this.#queries().map(query => [JSON.stringify(query), query]))
    const outdated = [...this.#threads].filter(([key]) => !wanted.has(key))
    for (const [key] of outdated) this.#threads.delete(key)
    const { catalog, jobs, library, log } = this.#tools
    const onChange = (): void => this.#listeners.forEach(listener => listener())
    for (const [key, query] of wanted)
      if (!this.#threads.has(key)) {
        const whenFree = (): Promise<undefined> => jobs.exclusively(() => Promise.resolve(undefined))
        const take = (paths: readonly FilePath[]): Promise<unknown> => library.importChanges(paths)
        const remember = (mountPoints: readonly FilePath[]): void =>
          catalog.bulkTransaction(() => catalog.folders.addMountPoints(mountPoints))
        this.#threads.set(key, new WatchThread({ query, whenFree, take, remember, onChange, log }))
      }
    if (outdated.length > 0) onChange()
    await Promise.all(outdated.map(([, thread]) => thread.close()))
  }

  /** One for each drive: one that does not respond holds up no other. */
  #queries(): WatchQuery[] {
    const { catalog, layout } = this.#tools
    if (!this.enabled) return []
    const mounts = mountTable()
    const places = mounts.map(({ place }) => place)
    const byDrive = Map.groupBy(catalog.roots(), root => driveOf(root, places))
    return Array.from(byDrive, ([drive, roots]) => ({
      ...leftOutBy(catalog),
      exclude: [realpathSync(layout.folder)],
      catalogFile: catalog.file,
      roots,
      hints: !isRemote(drive, mounts),
      looks: roots.some(root => isRemote(root, mounts)),
    }))
  }
}
