import type { ErrorCode } from '../../shared/errors.ts'
import { readKnownFiles, type KnownFile } from '../library/catalog/known-files.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'
import { isBelow, type FilePath } from '../library/paths.ts'
import { walk, type Found, type WalkOptions } from './walk.ts'
import type { FileStamp } from '../library/rows.ts'

export interface ScanDeltaQuery extends WalkOptions {
  readonly folders: readonly FilePath[]
  /** The catalog that the folders are compared with. */
  readonly catalogFile: string
  /** Look again at what failed before, changed or not. */
  readonly retryFailed: boolean
}

/** A file that is new or has changed. */
export interface Candidate {
  readonly path: FilePath
  readonly stamp: FileStamp
}

export type ScanFailure = Exclude<Found, { kind: 'file' }>
/** A row of a file that was not found where it had been. */
export type VanishedFile = Pick<KnownFile, 'id' | 'path' | 'state' | 'photoId'>

export interface ScanDelta {
  /** Files looked at. */
  readonly seen: number
  readonly candidates: readonly Candidate[]
  readonly failures: readonly ScanFailure[]
  /** Told with the last part. */
  readonly vanished: readonly VanishedFile[]
  readonly done: boolean
}

/** Failures of the moment, tried again at each run; the others stay until the file changes. */
const passing = new Set<ErrorCode>([
  'permission-denied',
  'unreadable-file',
  'file-vanished',
  'decode-timeout',
])

/** What is different below the folders from what the catalog knows. All of it blocks the thread that asks. */
export class ScanDeltaFinder {
  readonly #retryFailed: boolean
  readonly #known: Map<FilePath, KnownFile>
  readonly #walks: Iterator<Found>
  readonly #unknownFolders: FilePath[] = []

  constructor({ folders, catalogFile, retryFailed, ...options }: ScanDeltaQuery) {
    this.#retryFailed = retryFailed
    this.#known = readKnownFiles(catalogFile, folders)
    this.#walks = (function* () {
      for (const folder of folders) yield* walk(folder, options)
    })()
  }

  /** As much as `millis` yield, one file at least. */
  next(millis: number): ScanDelta {
    const until = performance.now() + millis
    const [candidates, failures]: [Candidate[], ScanFailure[]] = [[], []]
    let seen = 0
    do {
      const step = this.#walks.next()
      if (step.done) return { seen, candidates, failures, vanished: this.#vanished(), done: true }
      const found = step.value
      seen++
      if (found.kind === 'file') {
        if (this.#needsWork(found)) candidates.push({ path: found.path, stamp: found.stamp })
      } else {
        failures.push(found)
        if (found.kind === 'unknown-folder') this.#unknownFolders.push(found.path)
        if (found.code !== 'broken-link') this.#known.delete(found.path)
      }
    } while (performance.now() < until)
    return { seen, candidates, failures, vanished: [], done: false }
  }

  #needsWork({ path, stamp }: Candidate): boolean {
    const row = this.#known.get(path)
    this.#known.delete(path)
    if (!row || row.state === 'missing' || row.pipeline !== PIPELINE_VERSION) return true
    const { size, modifiedMs, changedMs } = stamp
    if (row.size !== size || row.modifiedMs !== modifiedMs || row.changedMs !== changedMs) return true
    return row.state === 'failed' && (this.#retryFailed || passing.has(row.failureCode!))
  }

  /** What lies in a folder that could not be listed is unknown, not gone. */
  #vanished(): VanishedFile[] {
    const gone = [...this.#known.values()].filter(
      ({ path, state }) => state !== 'missing' && !this.#unknownFolders.some(folder => isBelow(path, folder)),
    )
    return gone.map(({ id, path, state, photoId }) => ({ id, path, state, photoId }))
  }
}
