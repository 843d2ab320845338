import type { ErrorCode } from '../../shared/errors.ts'
import {
  readKnownFiles,
  readLabelled,
  readMountPoints,
  readUnseenVideos,
  type KnownFile,
} from '../library/catalog/known-files.ts'
import type { LeftOut } from '../library/catalog/roots.ts'
import type { PhotoId } from '../../shared/ids.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'
import { isBelow, type FilePath } from '../library/paths.ts'
import { hasFfmpeg } from '../media/video/poster.ts'
import { LeftOutTally } from './left-out-tally.ts'
import { absentDrives, mountPointsIn } from './mount-points.ts'
import { fileAt, walk, type Found, type FoundFile, type WalkOptions } from './walk.ts'
import type { FileStamp } from '../library/rows.ts'

export interface ScanDeltaQuery extends WalkOptions {
  /** One that lies in another is walked even where the other's walk leaves it out: somebody has chosen it. */
  readonly folders: readonly FilePath[]
  /** Folders in these that cannot be reached: what is below them is unknown, not gone. */
  readonly unreachable?: readonly FilePath[]
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

export type ScanFailure = Exclude<Found, { kind: 'file' | 'left-out' }>
/** A file of the catalog that was not found at its path. */
export type VanishedFile = Pick<KnownFile, 'id' | 'path' | 'state' | 'photoId' | 'heldPhotoId'>

/** A part of the difference between the folders and the catalog. */
export interface ScanDelta {
  /** Files and folders seen in this part. */
  readonly seen: number
  readonly candidates: readonly Candidate[]
  readonly failures: readonly ScanFailure[]
  /** Only in the last part. */
  readonly vanished: readonly VanishedFile[]
  /** Only in the last part: what each folder's walk left out. */
  readonly leftOut: readonly { readonly folder: FilePath; readonly leftOut: readonly LeftOut[] }[]
  /** Only in the last part: where drives are mounted in these folders. */
  readonly mountPoints: readonly FilePath[]
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

/** Those of them that come from a drive that was pulled out, or from the moment between two writes. */
const ofADrive = new Set<ErrorCode>(['unreadable-file', 'file-vanished'])

/** Whether reading the file failed, though nothing may be wrong with it. */
export const isReadAgain = ({ state, failureCode }: KnownFile): boolean =>
  state === 'failed' && ofADrive.has(failureCode!)

/**
 * Whether the file has changed since the catalog learnt of it, or was read by an earlier version. What is known of a photo
 * stays while its file is online only.
 */
export function isOutdated(row: KnownFile, { stamp, isOnlineOnly }: FoundFile): boolean {
  if (isOnlineOnly && row.state === 'present') return false
  if (!isOnlineOnly && row.failureCode === 'online-only') return true
  return (
    row.state === 'missing' ||
    row.pipeline !== PIPELINE_VERSION ||
    row.size !== stamp.size ||
    row.modifiedMs !== stamp.modifiedMs ||
    row.changedMs !== stamp.changedMs
  )
}

/** Finds the difference between the folders and the catalog. Every call blocks its thread. */
export class ScanDeltaFinder {
  readonly #query: ScanDeltaQuery
  readonly #known: Map<FilePath, KnownFile>
  readonly #walks: Iterator<Found>
  /** Videos that can be seen since ffmpeg was installed. */
  readonly #newlyVisible: ReadonlySet<PhotoId>
  readonly #unknownFolders: FilePath[]
  readonly #tally = new LeftOutTally()

  constructor(query: ScanDeltaQuery) {
    const { folders, catalogFile, unreachable = [] } = query
    this.#query = query
    this.#unknownFolders = [...unreachable, ...absentDrives(readMountPoints(catalogFile))]
    this.#known = readKnownFiles(catalogFile, folders)
    const unseen = readUnseenVideos(catalogFile)
    this.#newlyVisible = unseen.size > 0 && hasFfmpeg() ? unseen : new Set()
    const tally = this.#tally
    this.#walks = (function* () {
      const entered = new Set<FilePath>()
      for (const folder of folders) {
        tally.begin(folder)
        yield* walk(folder, query, entered)
      }
    })()
  }

  /** Works for about `millis`, on one file at least. */
  next(millis: number): ScanDelta {
    const until = performance.now() + millis
    const [candidates, failures]: [Candidate[], ScanFailure[]] = [[], []]
    let seen = 0
    do {
      const step = this.#walks.next()
      if (step.done) {
        candidates.push(...this.#labelledInLeftOut())
        const ends = {
          vanished: this.#vanished(),
          leftOut: this.#tally.byFolder(),
          mountPoints: mountPointsIn(this.#query.folders),
        }
        return { seen, candidates, failures, ...ends, done: true }
      }
      const found = step.value
      if (found.kind === 'left-out') {
        this.#tally.add(found)
        continue
      }
      seen++
      if (found.kind === 'file') {
        if (this.#needsWork(found)) candidates.push({ path: found.path, stamp: found.stamp })
      } else {
        failures.push(found)
        if (found.kind === 'unknown-folder') this.#unknownFolders.push(found.path)
        if (found.code !== 'broken-link') this.#known.delete(found.path)
      }
    } while (performance.now() < until)
    return { seen, candidates, failures, vanished: [], leftOut: [], mountPoints: [], done: false }
  }

  #needsWork(found: FoundFile): boolean {
    const row = this.#known.get(found.path)
    this.#known.delete(found.path)
    if (!row || isOutdated(row, found)) return true
    if (row.photoId !== null && this.#newlyVisible.has(row.photoId)) return true
    return row.state === 'failed' && (this.#query.retryFailed || passing.has(row.failureCode!))
  }

  /**
   * A photo that an earlier version took from what is left out now stays where somebody has labelled it: a rule of the
   * program undoes nobody's work. What the person's own patterns leave out is gone, labelled or not.
   * @returns those of them that have changed
   */
  #labelledInLeftOut(): Candidate[] {
    const inside = [...this.#known.values()].filter(
      ({ path, state }) => state === 'present' && this.#tally.isLeftOutByRule(path),
    )
    if (inside.length === 0) return []
    const labelled = readLabelled(this.#query.catalogFile)
    return inside
      .filter(({ photoId }) => labelled.has(photoId!))
      .flatMap(({ path }) => {
        const found = fileAt(path)
        return found && this.#needsWork(found) ? [{ path, stamp: found.stamp }] : []
      })
  }

  /** Files in a folder that could not be listed are unknown, not gone. */
  #vanished(): VanishedFile[] {
    const gone = [...this.#known.values()].filter(
      ({ path, state }) => state !== 'missing' && !this.#unknownFolders.some(folder => isBelow(path, folder)),
    )
    return gone.map(({ id, path, state, photoId, heldPhotoId }) => ({
      id,
      path,
      state,
      photoId,
      heldPhotoId,
    }))
  }
}
