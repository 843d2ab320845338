/** @file What changes which photos a library holds: import, removal of folders, and resuming what was cut off. */
import { realpathSync, statSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import { KindredError } from '../../shared/errors.ts'
import type { JobId, PhotoId } from '../../shared/ids.ts'
import type { ImportResult } from '../../shared/results.ts'
import { folderNotFound, notAFolder } from '../library/folder-errors.ts'
import { layoutOf, type LibraryLayout } from '../library/layout.ts'
import { displayPath, fsPath, isBelow, type FilePath } from '../library/paths.ts'
import { canonicalPath, librarySpelling, spelledOtherwise } from '../library/real-path.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'
import type { QueryTools } from '../retrieval/image-query.ts'
import type { IndexTuner } from '../retrieval/index/index-tuner.ts'
import type { JobContext, JobOptions, JobRunner, StartedJob } from '../runtime/jobs/job-runner.ts'
import type { Logger } from '../runtime/log.ts'
import { computeMissingFeatures } from '../vision/compute-missing-features.ts'
import { readIgnore, readTakesNoMedia, writeIgnore, writeTakesNoMedia } from './ignore.ts'
import { ChangedPaths } from './changed-paths.ts'
import { importChanges, runImport, type ImportParameters } from './import-job.ts'
import type { ImportTools } from './import-run.ts'
import { InterruptedImports } from './interrupted-imports.ts'
import { otherPaths, settlePairs } from './pairing.ts'

/**
 * The kinds of jobs that change or lay out what the index holds. One of them runs at a time and the others wait. The
 * switch at the end of a training, of a network import or of `models use`, the removal of a folder and a repair wait with
 * them (`inTurn`, `exclusively`). All other kinds run beside these.
 */
export const kindsTakingTurns = ['import', 'changes', 'albums', 'index'] as const

export interface LibraryTools extends QueryTools {
  readonly jobs: JobRunner
  readonly tuner: IndexTuner
  readonly layout: LibraryLayout
  readonly log: Logger
  readonly now: () => number
}

export type ImportOptions = Partial<Pick<ImportParameters, 'ignore' | 'retryFailed'>>

/** How a job of some kind resumes, by the parameters that were kept of it. */
export type Resume = (parameters: unknown) => void

interface RunningImport {
  readonly parameters: ImportParameters
  readonly started: StartedJob<ImportResult>
}

/** Brings folders into the library, takes them out, and resumes what was cut off. */
export class LibraryService {
  readonly #tools: LibraryTools
  readonly #running = new Map<JobId, RunningImport>()
  readonly #interrupted: InterruptedImports
  readonly #changed: ChangedPaths

  constructor(tools: LibraryTools) {
    this.#tools = tools
    this.#interrupted = new InterruptedImports(tools.jobs, tools.log, ({ folders, ...options }) =>
      this.startImport(folders, options),
    )
    this.#changed = new ChangedPaths(tools.jobs, async (paths, job) => {
      const result = await importChanges(this.#importTools(), paths, job)
      await this.#computeMissingFeatures(job)
      return result
    })
  }

  /** Patterns of files that imports leave out. */
  get ignore(): readonly string[] {
    return readIgnore(this.#tools.catalog)
  }

  set ignore(patterns: readonly string[]) {
    writeIgnore(this.#tools.catalog, patterns)
  }

  /** Whether imports take folders that ask by a file `.nomedia` to be left out. */
  get takesNoMedia(): boolean {
    return readTakesNoMedia(this.#tools.catalog)
  }

  set takesNoMedia(takes: boolean) {
    writeTakesNoMedia(this.#tools.catalog, takes)
  }

  /** Leaves nothing out of these folders any more that was given for them. */
  forgetIgnore(folders: readonly string[]): void {
    const { catalog } = this.#tools
    const spelled = folders.map(folder => librarySpelling(resolve(folder), catalog.roots()))
    catalog.transaction(() => spelled.forEach(folder => catalog.folders.setIgnored(folder, [])))
  }

  /**
   * Imports the folders: what is new or changed is read, embedded and indexed.
   * @throws KindredError `folder-not-found`, `not-a-folder`, `permission-denied`, `library-folder`
   */
  import(folders: readonly string[], options: JobOptions & ImportOptions = {}): Promise<ImportResult> {
    return this.startImport(folders, options).done
  }

  /** The same in the background. A running import of these folders with the same options is joined. */
  startImport(
    folders: readonly string[],
    options: JobOptions & ImportOptions = {},
  ): StartedJob<ImportResult> {
    const { ignore = [], retryFailed } = options
    const parameters: ImportParameters = {
      folders: withoutNested(folders.map(folder => this.#toFolder(folder))),
      ignore,
      ...(retryFailed === undefined ? {} : { retryFailed }),
    }
    const running = this.#sameRunning(parameters)
    if (running) return running.started
    const { jobs } = this.#tools
    const started = jobs.start('import', parameters, job => this.#import(parameters, job), options)
    this.#running.set(started.id, { parameters, started })
    const forget = (): void => void this.#running.delete(started.id)
    started.done.then(forget, forget)
    return started
  }

  /** Imports all folders of the library that can be reached. */
  rescan(options: Pick<ImportOptions, 'retryFailed'> = {}): StartedJob<ImportResult> {
    const reachable = this.#tools.catalog.roots().filter(isReachableFolder)
    if (reachable.length === 0)
      throw new KindredError('folder-not-found', 'None of the folders of this library can be reached.', {
        details: { reason: 'folder-not-found.none' },
      })
    if (options.retryFailed) this.#tools.catalog.decodeAttempts.forgive()
    return this.startImport(reachable, options)
  }

  /** Imports single files of the library's folders that have changed; those that come meanwhile join the same job. */
  importChanges(paths: readonly FilePath[]): Promise<ImportResult> {
    return this.#changed.add(paths)
  }

  /** Imports a folder as a part of a job that has its turn. */
  importWithin(folder: FilePath, job: JobContext): Promise<ImportResult> {
    return this.#import({ folders: [this.#toFolder(folder)], ignore: [], staysWithin: true }, job)
  }

  /**
   * Takes a folder out of the library. Its files stay, and so does what is known of its photos. An import of it stops
   * first; what else that one was to import is imported afterwards.
   * @returns how many photos can no longer be found
   */
  async removeFolder(path: FilePath): Promise<number> {
    const { jobs, catalog, index } = this.#tools
    const folder = librarySpelling(path, catalog.roots())
    let remaining = await this.#stopImportsOf(folder)
    try {
      return await jobs.exclusively(async () => {
        const before = catalog.photos.countPresent()
        const gone = this.#forget(folder)
        // From here on the folder is gone, whatever becomes of the index.
        this.#interrupted.forget(folder)
        remaining = remaining.map(({ folders, ...options }) => ({
          folders: folders.filter(other => !isBelow(other, folder)),
          ...options,
        }))
        await index.remove(gone)
        await index.save()
        return before - catalog.photos.countPresent()
      })
    } finally {
      for (const parameters of remaining) await this.#interrupted.resume(parameters)
    }
  }

  /**
   * Resumes what was cut off when the program ended, and lets the network in use see photos that only an earlier one
   * has seen.
   * @param others how jobs of other kinds than imports resume
   */
  resumeInterrupted(others: Readonly<Record<string, Resume>>, useActiveVersion: () => void): void {
    const { jobs, log } = this.#tools
    if (this.#photosWithoutFeatures().length > 0) useActiveVersion()
    this.#interrupted.watch()
    for (const { kind, parameters } of jobs.interrupted())
      try {
        others[kind]?.(JSON.parse(parameters))
      } catch (error) {
        log('warn', `A job of kind ${kind} could not resume`, { reason: String(error) })
      }
  }

  /**
   * The folder as the library spells it.
   * @throws KindredError `folder-not-found`, `not-a-folder`, `library-folder`
   */
  #toFolder(folder: string): FilePath {
    const { catalog, layout } = this.#tools
    const path = resolve(folder)
    requireFolder(path)
    requireNoLibrary(path, layout)
    return librarySpelling(path, catalog.roots())
  }

  /** Resumes imports that wait for a folder, where it is back. */
  resumeReturned(): Promise<void> {
    return this.#interrupted.resumeReturned()
  }

  /** Resumes nothing any more. */
  stop(): void {
    this.#interrupted.stop()
  }

  /** A running import of all these folders, with the same options. */
  #sameRunning({ folders, ignore, retryFailed }: ImportParameters): RunningImport | undefined {
    const active = new Set(this.#tools.jobs.list().flatMap(({ id, state }) => (isActive(state) ? [id] : [])))
    return [...this.#running]
      .filter(([id]) => active.has(id))
      .map(([, running]) => running)
      .find(
        ({ parameters }) =>
          folders.every(folder => parameters.folders.includes(folder)) &&
          JSON.stringify(parameters.ignore) === JSON.stringify(ignore) &&
          (parameters.retryFailed ?? false) === (retryFailed ?? false),
      )
  }

  async #stopImportsOf(folder: FilePath): Promise<ImportParameters[]> {
    const touching = [...this.#running].filter(([, { parameters }]) =>
      parameters.folders.some(other => isBelow(other, folder) || isBelow(folder, other)),
    )
    for (const [id] of touching) this.#tools.jobs.cancel(id)
    await Promise.allSettled(touching.map(([, { started }]) => started.done))
    return touching.map(([, { parameters }]) => parameters)
  }

  /** @returns the photos that no other folder shows */
  #forget(folder: FilePath): PhotoId[] {
    const { catalog } = this.#tools
    const others = catalog.roots().filter(root => root !== folder && !isBelow(root, folder))
    return catalog.transaction(() => {
      for (const root of catalog.roots()) if (isBelow(root, folder)) catalog.removeRoot(root)
      const rows = catalog.files.below(folder).filter(row => !others.some(other => isBelow(row.path, other)))
      for (const { id } of rows) catalog.files.forget(id)
      catalog.settings.bumpGeneration()
      const shown = new Set(rows.flatMap(({ photoId }) => photoId ?? []))
      // What else shows one of them may be a part of another photo.
      settlePairs(catalog, otherPaths(catalog, [...shown]))
      return [...shown].filter(id => !catalog.files.isShown(id))
    })
  }

  async #import(parameters: ImportParameters, job: JobContext): Promise<ImportResult> {
    const { catalog, tuner } = this.#tools
    for (const folder of parameters.folders)
      for (const { from, to } of spelledOtherwise(folder, catalog.roots())) catalog.respellRoot(from, to)
    const result = await runImport(this.#importTools(), parameters, job)
    await this.#computeMissingFeatures(job)
    await tuner.settle(job)
    return result
  }

  #importTools(): ImportTools {
    const { catalog, index, thumbnails, layout, backbones, now } = this.#tools
    const { backboneId } = index.version
    const embedder = backbones.embedder(backboneId)
    return {
      catalog,
      index,
      thumbnails,
      backboneId,
      embedder,
      libraryFolder: realpathSync(layout.folder),
      now,
    }
  }

  /** Another backbone may have come into use, during an import or with a new release. */
  async #computeMissingFeatures(job: JobContext): Promise<void> {
    const { index } = this.#tools
    const lacking = this.#photosWithoutFeatures()
    if (lacking.length === 0) return
    await computeMissingFeatures(this.#tools, index.version.backboneId, lacking, job, photos =>
      index.add(photos),
    )
    await index.save()
  }

  /** Photos that the network in use has not seen. Counting shows nearly always that there are none. */
  #photosWithoutFeatures(): readonly PhotoId[] {
    const { catalog, index } = this.#tools
    if (catalog.photos.countPresent() === index.size) return []
    return catalog.features.lackingIds(index.version.backboneId, PIPELINE_VERSION)
  }
}

const isActive = (state: string): boolean => state === 'running' || state === 'paused'

/** @throws KindredError `folder-not-found`, `not-a-folder` */
function requireFolder(path: FilePath): void {
  const entry = statOf(path)
  const shown = displayPath(path)
  if (!entry) throw folderNotFound(shown)
  if (!entry.isDirectory()) throw notAFolder(shown)
}

/**
 * What a library keeps are pictures of photos, not photos; its samples are photos.
 * @throws KindredError `library-folder`
 */
function requireNoLibrary(path: FilePath, { folder, samples }: LibraryLayout): void {
  const [given, own] = [canonicalPath(path), canonicalPath(folder)]
  const shown = displayPath(path)
  if (given !== own && isLibrary(path))
    throw new KindredError(
      'library-folder',
      `${shown} is the folder of another Kindred library: it holds thumbnails, no photos.`,
      { details: { reason: 'library-folder.another', path: shown } },
    )
  if (!isBelow(given, own) || isBelow(given, canonicalPath(samples))) return
  throw new KindredError(
    'library-folder',
    given === own
      ? `${shown} is where Kindred keeps this library: it holds thumbnails, no photos.`
      : `${shown} lies in the folder in which Kindred keeps this library: it holds no photos.`,
    { details: { reason: given === own ? 'library-folder.this' : 'library-folder.within', path: shown } },
  )
}

const isLibrary = (path: FilePath): boolean => {
  const { catalog, journal } = layoutOf(path)
  return statOf(catalog) !== undefined && statOf(journal) !== undefined
}

const isReachableFolder = (folder: FilePath): boolean => statOf(folder)?.isDirectory() ?? false

function statOf(path: FilePath): Stats | undefined {
  try {
    return statSync(fsPath(path))
  } catch {
    return undefined
  }
}

/** Folders below another one in the list are part of it. */
function withoutNested(folders: readonly FilePath[]): FilePath[] {
  const unique = [...new Set(folders)].sort()
  return unique.filter(folder => !unique.some(other => other !== folder && isBelow(folder, other)))
}
