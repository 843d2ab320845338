import { realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { asKindredError, KindredError } from '../shared/errors.ts'
import type { BackboneId, PhotoId } from '../shared/ids.ts'
import type { DoctorResult, EvaluateResult, ImportResult, SimilarResult } from '../shared/results.ts'
import { AlbumService } from './albums/album-service.ts'
import { Catalog } from './catalog/catalog.ts'
import { backUpDaily } from './catalog/database.ts'
import { rescueCatalog } from './catalog/rescue.ts'
import { examine } from './doctor/doctor.ts'
import { Backbones } from './embed/backbones.ts'
import { completeFeatures } from './embed/complete-features.ts'
import { readModel, type BundledModel } from './embed/model-card.ts'
import { registerBundledModel } from './embed/model-versions.ts'
import { classesByFolder, evaluate, heldOutByAlbum } from './evaluate/evaluate.ts'
import { readIgnore } from './import/ignore.ts'
import { runImport, type ImportParameters } from './import/import-job.ts'
import { EmbeddingIndex, type ModelVersion, type Recovery } from './index/embedding-index.ts'
import { JobRunner, type JobContext, type JobOptions, type StartedJob } from './jobs/job-runner.ts'
import { layoutOf, lockLibrary, type LibraryLayout, type LibraryLock } from './library.ts'
import { silentLog, type Logger } from './log.ts'
import { PIPELINE_VERSION, type Crop } from './media/decode.ts'
import { ThumbnailCache } from './media/thumbnails.ts'
import type { TrainingParameters } from './train/training-job.ts'
import { Learning } from './models/learning.ts'
import { ModelService } from './models/model-service.ts'
import type { NetworkSource } from './models/network-file.ts'
import { displayPath, fsPath, isBelow, type FilePath } from './scan/paths.ts'
import { embedImage, type EmbeddedImage, type ImageReference, type QueryTools } from './search/image-query.ts'
import { combineEmbeddings } from './search/query.ts'
import { findSimilar, type ScoredPhoto } from './search/similar.ts'

export interface EngineOptions {
  readonly libraryDir: string
  /** The folder that holds `models/`. */
  readonly resourcesDir: string
  readonly log?: Logger
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Restore a damaged catalog from its backups instead of refusing to open it. */
  readonly rescue?: boolean
}

export interface SimilarRequest {
  readonly images: readonly ImageReference[]
  readonly not?: readonly ImageReference[]
  readonly k?: number
  readonly min?: number
  readonly max?: number
  /** The part of the first image that is meant. */
  readonly crop?: Crop
  /** Only photos of this album. */
  readonly album?: number
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

/** The model that ships with Kindred. */
export const bundledModelCard = (resourcesDir: string): string =>
  join(resourcesDir, 'models', 'kindred-1.json')

/** Opens a library, making it where there is none. One process at a time has it open. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { resourcesDir, log = silentLog, now = Date.now } = options
  const layout = layoutOf(resolve(options.libraryDir))
  const lock = lockLibrary(layout)
  let catalog: Catalog | undefined
  try {
    const model = readModel(bundledModelCard(resourcesDir))
    const opened = options.rescue
      ? rescueCatalog(layout, now())
      : { catalog: new Catalog(layout.catalog, layout.backups), repaired: undefined }
    catalog = opened.catalog
    const backbones = new Backbones(catalog, model, layout.models)
    const isUsable = (backbone: BackboneId): boolean => {
      try {
        return backbones.file(backbone) !== ''
      } catch (error) {
        log('warn', asKindredError(error).message, {})
        return false
      }
    }
    const version = registerBundledModel(catalog, model, now(), isUsable)
    const { index, recovery } = await EmbeddingIndex.open(catalog, layout.index, version)
    if (recovery !== 'none') log('info', `The index was ${recovery}`, { photos: index.size })
    const jobs = new JobRunner(catalog, log, now)
    return new Engine({
      layout,
      lock,
      catalog,
      model,
      backbones,
      index,
      jobs,
      recovery,
      repaired: opened.repaired,
      now,
    })
  } catch (error) {
    catalog?.close()
    lock.release()
    throw error
  }
}

interface Parts {
  readonly layout: LibraryLayout
  readonly lock: LibraryLock
  readonly catalog: Catalog
  readonly model: BundledModel
  readonly backbones: Backbones
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly recovery: Recovery
  readonly repaired: string | undefined
  readonly now: () => number
}

/** A library that is open: everything that a host can ask for. */
export class Engine {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly layout: LibraryLayout
  readonly model: BundledModel
  readonly thumbnails: ThumbnailCache
  readonly models: ModelService
  readonly albums: AlbumService
  readonly learning: Learning
  readonly #parts: Parts
  readonly backbones: Backbones

  constructor(parts: Parts) {
    this.#parts = parts
    this.catalog = parts.catalog
    this.index = parts.index
    this.jobs = parts.jobs
    this.layout = parts.layout
    this.model = parts.model
    this.backbones = parts.backbones
    this.thumbnails = new ThumbnailCache(parts.layout.thumbnails)
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
    this.learning = new Learning({ catalog, index, jobs, now, models: this.models })
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
    const { backboneId, headId } = this.index.version
    if (this.catalog.features.lackingIds(backboneId, PIPELINE_VERSION).length > 0) this.models.use(headId)
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
    const { model, millis, photos } = await this.nearest(request)
    const results = photos.map(({ id, score, distance }, i) => {
      const path = this.catalog.files.pathOf(id) ?? ''
      const albums = this.catalog.albums.albumsOf(id).map(album => this.catalog.albums.nameOf(album))
      return { rank: i + 1, id, path, score, distance, albums }
    })
    return { query: request.images.map(image => this.#nameOf(image)), model, millis, results }
  }

  /** The same by ids alone. */
  async nearest(request: SimilarRequest): Promise<NearestPhotos> {
    const { index } = this
    const { images, not = [], k = 20, min = 0, max = 1, crop, album } = request
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
      const among = album === undefined ? undefined : new Set(this.catalog.albums.photosOf(album))
      const photos = await findSimilar(view, embedding, excluded, { k, min, max, among })
      const finished = performance.now()
      const millis = { embed: embedded - started, search: finished - embedded, total: finished - started }
      return { model: view.version.name, millis, photos }
    })
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

  doctor(repair = false): Promise<DoctorResult> {
    const { layout, recovery, repaired } = this.#parts
    return examine(
      { ...this.tools, libraryFolder: layout.folder, recovery, catalogRepaired: repaired },
      repair,
    )
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
    const { catalog, index, jobs } = this
    this.learning.stop()
    await jobs.stopAll()
    await index.close()
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
    const { catalog, index, layout, backbones } = this
    const { backboneId } = index.version
    const tools = {
      ...this.tools,
      ...{ backboneId, embedder: backbones.embedder(backboneId) },
      ...{ libraryFolder: realpathSync(layout.folder), now: this.#parts.now },
    }
    const result = await runImport(tools, parameters, job)
    await this.#completeFeatures(job)
    if (index.size > 0) backUpDaily(catalog.db, layout.backups, this.#parts.now())
    return result
  }

  /** Another backbone may have come into use, during an import or with a new release: it looks at what it has not seen. */
  async #completeFeatures(job: JobContext): Promise<void> {
    const { catalog, index } = this
    const { backboneId } = index.version
    const lacking = catalog.features.lackingIds(backboneId, PIPELINE_VERSION)
    if (lacking.length === 0) return
    await completeFeatures(this.tools, backboneId, lacking, job)
    await index.catchUp()
    await index.save()
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
