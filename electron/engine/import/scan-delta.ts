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
  /** Whether files that failed before are candidates again, changed or not. */
  readonly retryFailed: boolean
}

/** A file that is new or has changed. */
export interface Candidate {
  readonly path: FilePath
  readonly stamp: FileStamp
}

export type ScanFailure = Exclude<Found, { kind: 'file' }>
/** A file of the catalog that was not found at its path. */
export type VanishedFile = Pick<KnownFile, 'id' | 'path' | 'state' | 'photoId'>

/** A part of the difference between the folders and the catalog. */
export interface ScanDelta {
  /** Files and folders seen in this part. */
  readonly seen: number
  readonly candidates: readonly Candidate[]
  readonly failures: readonly ScanFailure[]
  /** Only in the last part. */
  readonly vanished: readonly VanishedFile[]
  readonly done: boolean
}

/** Failures that may have passed: such files are candidates in each run, others only once they have changed. */
const passing = new Set<ErrorCode>([
  'permission-denied',
  'unreadable-file',
  'file-vanished',
  'decode-timeout',
  'too-little-memory',
])

/** Finds the difference between the folders and the catalog. Every call blocks its thread. */
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

  /** Works for about `millis`, on one file at least. */
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

  /** Files in a folder that could not be listed are unknown, not gone. */
  #vanished(): VanishedFile[] {
    const gone = [...this.#known.values()].filter(
      ({ path, state }) => state !== 'missing' && !this.#unknownFolders.some(folder => isBelow(path, folder)),
    )
    return gone.map(({ id, path, state, photoId }) => ({ id, path, state, photoId }))
  }
}
