import { realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { asKindredError, KindredError } from '../shared/errors.ts'
import type { BackboneId, PhotoId } from '../shared/ids.ts'
import type {
  DoctorResult,
  EvaluateResult,
  ImportResult,
  RuntimeStatus,
  SimilarResult,
} from '../shared/results.ts'
import { AlbumService } from './learning/labels/album-service.ts'
import { Catalog } from './library/catalog/catalog.ts'
import { CatalogReader } from './library/catalog/catalog-reader.ts'
import { rescueCatalog } from './library/catalog/rescue.ts'
import { examine } from './diagnostics/doctor.ts'
import { Backbones } from './vision/backbones.ts'
import { computeMissingFeatures } from './vision/compute-missing-features.ts'
import {
  bundledModelCard,
  readModel,
  type BundledModel,
  type Network,
  type NetworkCard,
} from './vision/network/model-card.ts'
import { registerBundledModel, type ModelVersion } from './vision/model-versions.ts'
import { Runtimes } from './vision/runtimes/runtimes.ts'
import { benchmarkPhotos } from './vision/runtimes/benchmark-photos.ts'
import { classesByFolder, evaluate, heldOutByAlbum } from './learning/evaluation/evaluate.ts'
import { readIgnore } from './import/ignore.ts'
import { runImport, type ImportParameters } from './import/import-job.ts'
import { EmbeddingIndex, type Recovery } from './retrieval/index/embedding-index.ts'
import { indexHost } from './retrieval/index/index-host.ts'
import { IndexTuner } from './retrieval/index/index-tuner.ts'
import { JobRunner, type JobContext, type JobOptions, type StartedJob } from './runtime/jobs/job-runner.ts'
import { layoutOf, lockLibrary, type LibraryLayout, type LibraryLock } from './library/layout.ts'
import { silentLog, type Logger } from './runtime/log.ts'
import { type Crop } from './media/decode.ts'
import { ThumbnailCache } from './media/thumbnails.ts'
import type { TrainingParameters } from './learning/training/training-job.ts'
import { AutoTrainer } from './learning/versions/auto-trainer.ts'
import { isLoaded } from './runtime/machine.ts'
import { ModelService } from './learning/versions/model-service.ts'
import type { NetworkSource } from './vision/external/network-file.ts'
import { displayPath, fsPath, isBelow, type FilePath } from './library/paths.ts'
import { fewWithin, isOpen, photosOfThese, type PhotoFilter } from './library/catalog/photo-filter.ts'
import {
  embedImage,
  type EmbeddedImage,
  type ImageReference,
  type QueryTools,
} from './retrieval/image-query.ts'
import { combineEmbeddings } from './retrieval/query.ts'
import { findSimilar, type ScoredPhoto, type Selection } from './retrieval/similar.ts'
import { PIPELINE_VERSION } from './library/pipeline-version.ts'

export interface EngineOptions {
  readonly libraryDir: string
  /** The folder that holds `models/`. */
  readonly resourcesDir: string
  /** Where what was measured of this machine is kept. Absent: nothing is measured, the network runs on the CPU. */
  readonly machineDir?: string | undefined
  readonly log?: Logger
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Somebody is about to look at the photos: their list is read while the index is loaded. */
  readonly forWindow?: boolean
  /** Restore a damaged catalog from its backups instead of refusing to open it. */
  readonly rescue?: boolean
  /** Called when the library is known to be good, and only its index has still to be loaded. */
  readonly onCatalogOpen?: () => void
}

export interface SimilarRequest extends PhotoFilter {
  readonly images: readonly ImageReference[]
  readonly not?: readonly ImageReference[]
  readonly k?: number
  readonly min?: number
  readonly max?: number
  /** The part of the first image that is meant. */
  readonly crop?: Crop
}

export interface NearestPhotos {
  readonly model: string
  readonly millis: SimilarResult['millis']
  /** Nearest first. */
  readonly photos: readonly ScoredPhoto[]
}

export interface EvaluateOptions extends JobOptions {
  readonly model?: string | undefined
  /** Each photo's class is the folder that it lies in. */
  readonly classesFromFolders?: boolean | undefined
  readonly split?: 'closed' | 'disjoint' | undefined
}

export type ImportOptions = Partial<Pick<ImportParameters, 'ignore' | 'retryFailed'>>

/** Opens a library, making it where there is none. One process at a time has it open. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { resourcesDir, machineDir, log = silentLog, now = Date.now } = options
  const layout = layoutOf(resolve(options.libraryDir))
  const lock = lockLibrary(layout)
  // Its thread loads Faiss while this one opens the catalog.
  indexHost()
  let catalog: Catalog | undefined
  let reader: CatalogReader | undefined
  try {
    const model = readModel(bundledModelCard(resourcesDir))
    const opened = options.rescue
      ? rescueCatalog(layout, now())
      : { catalog: new Catalog(layout.catalog, layout.backups), repaired: undefined }
    catalog = opened.catalog
    reader = new CatalogReader(catalog)
    // What goes wrong is met again by who asks.
    if (options.forWindow) reader.grid().catch(() => undefined)
    const thumbnails = ThumbnailCache.open(layout.thumbnails)
    const runtimes =
      machineDir === undefined
        ? undefined
        : new Runtimes({
            ...{ file: join(machineDir, 'runtimes.json'), log, now },
            photos: benchmarkPhotos.bind(null, { catalog, thumbnails }),
          })
    const backbones = new Backbones(catalog, model, layout.models, runtimes)
    const isUsable = (backbone: BackboneId): boolean => {
      try {
        return backbones.file(backbone) !== ''
      } catch (error) {
        log('warn', asKindredError(error).message, {})
        return false
      }
    }
    const version = registerBundledModel(catalog, model, now(), isUsable)
    options.onCatalogOpen?.()
    const { index, recovery } = await EmbeddingIndex.open(catalog, layout.index, version, log)
    if (recovery !== 'none') log('info', `The index was ${recovery}`, { photos: index.size })
    const jobs = new JobRunner(catalog.jobs, log, now)
    return new Engine({
      layout,
      lock,
      catalog,
      reader,
      model,
      runtimes,
      backbones,
      thumbnails,
      index,
      jobs,
      recovery,
      repaired: opened.repaired,
      now,
    })
  } catch (error) {
    await reader?.close()
    catalog?.close()
    lock.release()
    throw error
  }
}

interface Parts {
  readonly layout: LibraryLayout
  readonly lock: LibraryLock
  readonly catalog: Catalog
  readonly reader: CatalogReader
  readonly model: BundledModel
  readonly runtimes: Runtimes | undefined
  readonly backbones: Backbones
  readonly thumbnails: ThumbnailCache
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly recovery: Recovery
  readonly repaired: string | undefined
  readonly now: () => number
}

/** A library that is open: everything that a host can ask for. */
export class Engine {
  readonly catalog: Catalog
  /** What goes through the whole catalog, beside this thread. */
  readonly reader: CatalogReader
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly layout: LibraryLayout
  readonly model: BundledModel
  readonly thumbnails: ThumbnailCache
  readonly models: ModelService
  readonly albums: AlbumService
  readonly learning: AutoTrainer
  readonly indexing: IndexTuner
  readonly #parts: Parts
  readonly backbones: Backbones

  constructor(parts: Parts) {
    this.#parts = parts
    this.catalog = parts.catalog
    this.reader = parts.reader
    this.index = parts.index
    this.jobs = parts.jobs
    this.layout = parts.layout
    this.model = parts.model
    this.backbones = parts.backbones
    this.thumbnails = parts.thumbnails
    const { catalog, index, jobs, model, backbones, now } = parts
    this.albums = new AlbumService({
      ...{ catalog, index, jobs, now },
      importPhotos: (folder, job) =>
        this.#import({ folders: [toFolder(folder)], ignore: readIgnore(catalog) }, job),
    })
    this.models = new ModelService({
      ...{ catalog, index, jobs, model, backbones, now },
      thumbnails: this.thumbnails,
    })
    this.indexing = new IndexTuner({ catalog, index, jobs, now })
    this.learning = new AutoTrainer({ catalog, index, jobs, now, models: this.models })
  }

  /** Imports the folders: what is new or changed is read, embedded and indexed. */
  import(folders: readonly string[], options: JobOptions & ImportOptions = {}): Promise<ImportResult> {
    return this.startImport(folders, options).done
  }

  /** The same in the background. */
  startImport(
    folders: readonly string[],
    options: JobOptions & ImportOptions = {},
  ): StartedJob<ImportResult> {
    const { ignore = [], retryFailed } = options
    const parameters = {
      folders: withoutNested(folders.map(toFolder)),
      ignore,
      ...(retryFailed === undefined ? {} : { retryFailed }),
    }
    return this.jobs.start('import', parameters, job => this.#import(parameters, job), options)
  }

  /**
   * Takes up what was cut off when the program ended, imports and trainings, and lets the network in use look at photos
   * that only an earlier one has seen.
   */
  resumeInterrupted(): void {
    if (this.#lacking().length > 0) this.models.use(this.index.version.headId)
    for (const { parameters, kind } of this.catalog.jobs.withState('interrupted')) {
      if (kind === 'albums') this.albums.resumeImport(parameters)
      if (kind === 'train') this.learning.resume(JSON.parse(parameters) as TrainingParameters)
      if (kind === 'network') this.models.importNetwork(JSON.parse(parameters) as NetworkSource)
      if (kind !== 'import') continue
      const { folders, ignore, retryFailed } = JSON.parse(parameters) as ImportParameters
      const reachable = folders.filter(isReachableFolder)
      if (reachable.length > 0)
        this.startImport(reachable, { ignore, ...(retryFailed === undefined ? {} : { retryFailed }) })
    }
  }

  /** Takes a folder out of the library. Its files stay, and what is known of its photos, too. */
  async removeFolder(folder: FilePath): Promise<number> {
    const { catalog, index } = this
    const others = catalog.roots().filter(root => root !== folder && !isBelow(root, folder))
    const before = catalog.photos.countPresent()
    const gone = catalog.transaction(() => {
      for (const root of catalog.roots()) if (isBelow(root, folder)) catalog.removeRoot(root)
      const rows = catalog.files.below(folder).filter(row => !others.some(other => isBelow(row.path, other)))
      for (const { id } of rows) catalog.files.forget(id)
      catalog.settings.bumpGeneration()
      return rows.flatMap(({ photoId }) => photoId ?? []).filter(id => catalog.files.pathOf(id) === undefined)
    })
    await index.remove([...new Set(gone)])
    await index.save()
    return before - catalog.photos.countPresent()
  }

  /** The photos most similar to the images, those of the query left out. */
  async similar(request: SimilarRequest): Promise<SimilarResult> {
    const { catalog } = this
    const { model, millis, photos } = await this.nearest(request)
    const results = catalog.snapshot(() =>
      photos.map(({ id, score, distance }, i) => {
        const path = catalog.files.pathOf(id) ?? ''
        const albums = catalog.albums.albumsOf(id).map(album => catalog.albums.nameOf(album))
        return { rank: i + 1, id, path, score, distance, albums }
      }),
    )
    return { query: request.images.map(image => this.#nameOf(image)), model, millis, results }
  }

  /** The same by ids alone. */
  async nearest(request: SimilarRequest): Promise<NearestPhotos> {
    const { index } = this
    const { images, not = [], k = 20, min = 0, max = 1, crop } = request
    if (!Number.isInteger(k) || k < 1)
      throw new KindredError('bad-argument', 'The number of results is at least 1.')
    if (!(min >= 0 && max <= 1 && min <= max))
      throw new KindredError('bad-argument', 'Scores lie between 0 and 1, the minimum not above the maximum.')
    if (index.size === 0) throw new KindredError('library-empty', 'There are no photos in this library yet.')

    const started = performance.now()
    // One version from the query's embedding to the answer, whatever is swapped meanwhile.
    return index.use(async view => {
      const positives = await this.#embedAll(images, view.version, crop)
      const negatives = await this.#embedAll(not, view.version)
      const embedding = combineEmbeddings(
        positives.map(image => image.embedding),
        negatives.map(image => image.embedding),
      )
      const embedded = performance.now()
      const queried = [...positives, ...negatives].flatMap(({ id }) => id ?? [])
      const excluded = new Set([...queried, ...this.#saidNotLike(positives)])
      const within = isOpen(request) ? undefined : this.#selection(request)
      const photos = await findSimilar(view, embedding, excluded, { k, min, max, within })
      const finished = performance.now()
      const millis = { embed: embedded - started, search: finished - embedded, total: finished - started }
      return { model: view.version.name, millis, photos }
    })
  }

  #selection(filter: PhotoFilter): Selection {
    const { catalog, reader } = this
    return {
      few: most => fewWithin(catalog, filter, most),
      of: photos => photosOfThese(catalog, filter, photos),
      all: () => reader.photosWithin(filter),
    }
  }

  /** Leave-one-out retrieval quality of a model version, by albums or by the folders that photos lie in. */
  async evaluate(options: EvaluateOptions = {}): Promise<EvaluateResult> {
    const { catalog, index, jobs, models } = this
    const { classesFromFolders = false, split = 'closed', model } = options
    if (index.size === 0) throw new KindredError('library-empty', 'There are no photos in this library yet.')
    if (split === 'disjoint' && !classesFromFolders)
      return jobs.run('evaluate', { split }, job => models.evaluateDisjoint(job), options)
    const version = model ? models.version(models.find(model).id) : index.version
    const photos = classesFromFolders ? classesByFolder(catalog, version) : heldOutByAlbum(catalog, version)
    const kind = classesFromFolders ? 'folders' : split
    const work = { model: version.name, kind }
    return jobs.run(
      'evaluate',
      work,
      job => evaluate(catalog, version, photos, job.progress, job.signal, kind),
      options,
    )
  }

  async doctor(repair = false): Promise<DoctorResult> {
    const { layout, recovery, repaired, runtimes } = this.#parts
    await runtimes?.recall(this.#cardInUse())
    return examine(
      {
        ...this.tools,
        indexService: this.indexing,
        ...{ libraryFolder: layout.folder, recovery, catalogRepaired: repaired },
        runtimes: this.runtimeStatus().rows,
      },
      repair,
    )
  }

  /** How the runtimes fared on this machine with the network in use. */
  runtimeStatus(): RuntimeStatus {
    const card = this.#cardInUse()
    const off: RuntimeStatus = { state: 'off', network: card.name, measuredAt: null, rows: [] }
    return this.#parts.runtimes?.status(card) ?? off
  }

  /**
   * Compares the runtimes on this machine and uses the fastest that agrees with the CPU.
   * @param again also where that is known already
   */
  async measureRuntimes(again: boolean): Promise<RuntimeStatus> {
    const { runtimes } = this.#parts
    await (again ? runtimes?.measure(this.#networkInUse()) : runtimes?.ensure(this.#networkInUse()))
    return this.runtimeStatus()
  }

  /** Measures the runtimes as soon as there is time, unless they were measured on this machine before. */
  startMeasuring(): void {
    void this.#parts.runtimes?.recall(this.#cardInUse())
    const isBusy = (): boolean => this.jobs.list().some(({ state }) => state === 'running') || isLoaded()
    this.#parts.runtimes?.start(() => this.#networkInUse(), isBusy)
  }

  /** Tells when the state of the runtimes may have changed. */
  onRuntimesChange(listener: () => void): () => void {
    return this.#parts.runtimes?.onChange(listener) ?? (() => undefined)
  }

  #networkInUse(): Network {
    return this.backbones.network(this.index.version.backboneId)
  }

  #cardInUse(): NetworkCard {
    return this.backbones.card(this.index.version.backboneId)
  }

  /** Every photo that can be reached, by id, with one of its paths. */
  photos(): { id: PhotoId; path: FilePath }[] {
    const paths = new Map<PhotoId, FilePath>()
    for (const { photoId, path } of this.catalog.files.present())
      if (!paths.has(photoId!)) paths.set(photoId!, path)
    return Array.from(paths, ([id, path]) => ({ id, path }))
  }

  /** Stops what runs, writes what is not written yet, and gives the library free. */
  async close(): Promise<void> {
    const { catalog, index, jobs, reader } = this
    this.learning.stop()
    this.indexing.stop()
    await jobs.stopAll()
    await reader.close()
    await index.close()
    await this.#parts.runtimes?.close()
    await this.backbones.close()
    catalog.close()
    this.#parts.lock.release()
  }

  /** What questions about single images work with. */
  get tools(): QueryTools {
    const { catalog, index, thumbnails, backbones } = this
    return { catalog, index, thumbnails, backbones }
  }

  async #import(parameters: ImportParameters, job: JobContext): Promise<ImportResult> {
    const { index, layout, backbones, reader } = this
    const { backboneId } = index.version
    const tools = {
      ...this.tools,
      ...{ backboneId, embedder: backbones.embedder(backboneId) },
      ...{ libraryFolder: realpathSync(layout.folder), now: this.#parts.now },
    }
    const result = await runImport(tools, parameters, job)
    await this.#computeMissingFeatures(job)
    await this.indexing.settle(job)
    if (index.size > 0) await reader.backUpDaily(layout.backups, this.#parts.now())
    return result
  }

  /** Another backbone may have come into use, during an import or with a new release: it looks at what it has not seen. */
  async #computeMissingFeatures(job: JobContext): Promise<void> {
    const { index } = this
    const lacking = this.#lacking()
    if (lacking.length === 0) return
    await computeMissingFeatures(this.tools, index.version.backboneId, lacking, job)
    await index.catchUp()
    await index.save()
  }

  /** Photos that the network in use has not seen. That there are none is nearly always told by counting. */
  #lacking(): readonly PhotoId[] {
    const { catalog, index } = this
    if (catalog.photos.countPresent() === index.size) return []
    return catalog.features.lackingIds(index.version.backboneId, PIPELINE_VERSION)
  }

  /** Photos that were said not to be like the one that is searched by. Several together are a new question. */
  #saidNotLike([query, ...others]: readonly EmbeddedImage[]): readonly PhotoId[] {
    return query?.id === undefined || others.length > 0 ? [] : this.catalog.albums.notLikeOf(query.id)
  }

  #embedAll(images: readonly ImageReference[], version: ModelVersion, crop?: Crop): Promise<EmbeddedImage[]> {
    return Promise.all(
      images.map((image, i) => embedImage(this.tools, image, i === 0 ? crop : undefined, version)),
    )
  }

  #nameOf(image: ImageReference): string {
    if ('path' in image) return image.path
    if ('name' in image) return image.name
    return this.catalog.files.pathOf(image.id) ?? `photo ${image.id}`
  }
}

/** @throws KindredError `folder-not-found`, `not-a-folder`, `permission-denied` */
function toFolder(folder: string): FilePath {
  const path = resolve(folder)
  try {
    if (!statSync(fsPath(path)).isDirectory())
      throw new KindredError('not-a-folder', `${displayPath(path)} is a file, not a folder.`)
    return path
  } catch (error) {
    if (error instanceof KindredError) throw error
    throw new KindredError('folder-not-found', `The folder ${displayPath(path)} does not exist.`, {
      cause: error,
    })
  }
}

function isReachableFolder(folder: FilePath): boolean {
  return statSync(fsPath(folder), { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Folders below another one in the list are part of it. */
function withoutNested(folders: readonly FilePath[]): FilePath[] {
  const unique = [...new Set(folders)].sort()
  return unique.filter(folder => !unique.some(other => other !== folder && isBelow(folder, other)))
}
