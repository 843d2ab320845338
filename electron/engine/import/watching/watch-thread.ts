import { setTimeout as sleep } from 'node:timers/promises'
import type { FolderWatching } from '../../../shared/contract.ts'
import type { FilePath } from '../../library/paths.ts'
import { inBackground } from '../../runtime/background.ts'
import type { Logger } from '../../runtime/log.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { WatchQuery, WatchWorkerApi } from './watch.worker.ts'

/** Milliseconds that closing waits for the thread: a drive that does not respond may block it for ever. */
const CLOSING = 500
/** Milliseconds after which all is looked at again when changes could not be imported, such as on a full disk. */
const AFTER_FAILURE = 30_000

export interface WatchThreadTools {
  readonly query: WatchQuery
  /** Resolves when nothing is imported: before that, folders differ from a catalog that is about to know them. */
  readonly whenFree: () => Promise<unknown>
  readonly take: (paths: readonly FilePath[]) => Promise<unknown>
  /** Keeps where drives are mounted, so that an empty folder there is known for a drive that is away. */
  readonly remember: (mountPoints: readonly FilePath[]) => void
  /** What is away, or how the folders are watched, is another by now. */
  readonly onChange: () => void
  readonly log: Logger
}

/** A thread that watches the folders on one drive; what has changed is passed on. */
export class WatchThread {
  readonly #tools: WatchThreadTools
  readonly #worker = new WorkerClient<WatchWorkerApi>(workerFile('watch', import.meta.url))
  #watching: FolderWatching
  #away: readonly FilePath[] = []
  #mountPoints: readonly FilePath[] = []
  readonly #closing = new AbortController()

  constructor(tools: WatchThreadTools) {
    this.#tools = tools
    this.#watching = tools.query.hints ? 'hints' : 'no-hints'
    inBackground(tools.log, 'Watching folders', () => this.#run())
  }

  get roots(): readonly FilePath[] {
    return this.#tools.query.roots
  }

  get watching(): FolderWatching {
    return this.#watching
  }

  /** Folders and drives that are not there. */
  get away(): readonly FilePath[] {
    return this.#away
  }

  look(): void {
    this.#worker.call('look').catch(() => undefined)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#worker.close(CLOSING)
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    try {
      await this.#worker.call('begin', this.#tools.query)
      while (!signal.aborted) await this.#step(signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #step(signal: AbortSignal): Promise<void> {
    const { whenFree, take, remember, onChange, log, query } = this.#tools
    await this.#worker.call('next')
    await whenFree()
    if (signal.aborted) return
    const { paths, watching, away, mountPoints } = await this.#worker.call('compare')
    const isChanged = watching !== this.#watching || !sameList(away, this.#away)
    this.#away = away
    if (!sameList(mountPoints, this.#mountPoints)) remember(mountPoints)
    this.#mountPoints = mountPoints
    if (watching === 'too-many-folders' && this.#watching !== watching)
      log('warn', 'The system watches no more folders: changes are found by looking', {
        roots: query.roots.length,
      })
    this.#watching = watching
    if (isChanged) onChange()
    if (paths.length === 0) return
    try {
      await take(paths)
    } catch {
      // Recorded with the job.
      await sleep(AFTER_FAILURE, undefined, { signal, ref: false })
      this.look()
    }
  }
}

const sameList = (a: readonly FilePath[], b: readonly FilePath[]): boolean => a.join('\0') === b.join('\0')
