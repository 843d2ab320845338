/** @file Composition root: opens a library, wires its services, closes them. */
import { join, resolve } from 'node:path'
import { asKindredError } from '../shared/errors.ts'
import type { BackboneId } from '../shared/ids.ts'
import type { EngineServer } from './api/engine-server.ts'
import type { Services } from './api/services.ts'
import { DiagnosticsService } from './diagnostics/diagnostics-service.ts'
import { AlbumImporter } from './import/album-import.ts'
import { kindsTakingTurns, LibraryService, type Resume } from './import/library-service.ts'
import { MetadataService } from './import/metadata-service.ts'
import { FolderWatch } from './import/watching/folder-watch.ts'
import { LabelWatch } from './learning/labels/label-watch.ts'
import { LabelService } from './learning/labels/label-service.ts'
import { AutoTrainer } from './learning/versions/auto-trainer.ts'
import { EvaluationService } from './learning/versions/evaluation-service.ts'
import { ModelService } from './learning/versions/model-service.ts'
import { trainingParametersSchema } from './learning/versions/training-parameters.ts'
import { BackupKeeper } from './library/catalog/backup-keeper.ts'
import { CatalogReader } from './library/catalog/catalog-reader.ts'
import { LibraryOverview } from './library/catalog/library-overview.ts'
import { onSlowStatement } from './library/catalog/slow-statements.ts'
import { layoutOf } from './library/layout.ts'
import { lockLibrary } from './library/lock.ts'
import { tightenFolders } from './library/private-files.ts'
import { openCatalog, type OpenedCatalog } from './library/rescue/open-catalog.ts'
import { closeUserFiles } from './media/read-photo.ts'
import { ThumbnailCache } from './media/thumbnails.ts'
import { Calibrator } from './retrieval/calibration/calibrator.ts'
import { EmbeddingIndex } from './retrieval/index/embedding-index.ts'
import { indexHost } from './retrieval/index/index-host.ts'
import { IndexTuner } from './retrieval/index/index-tuner.ts'
import type { QueryTools } from './retrieval/image-query.ts'
import { RegionService } from './retrieval/matching-regions.ts'
import { PhotoFilms } from './retrieval/photo-films.ts'
import { PhotoImages } from './retrieval/photo-images.ts'
import { PhotoTiles } from './retrieval/photo-tiles.ts'
import { SearchService } from './retrieval/search-service.ts'
import { inBackground } from './runtime/background.ts'
import { JobRunner } from './runtime/jobs/job-runner.ts'
import { silentLog, type Logger } from './runtime/log.ts'
import { Machine } from './runtime/machine.ts'
import { Backbones } from './vision/backbones.ts'
import { networkSourceSchema } from './vision/external/network-file.ts'
import { registerBundledModel } from './vision/model-versions.ts'
import { bundledModelCard, readModel } from './vision/network/model-card.ts'
import { benchmarkPhotos } from './vision/runtimes/benchmark-photos.ts'
import { Runtimes } from './vision/runtimes/runtimes.ts'

export interface EngineOptions {
  readonly libraryDir: string
  /** The folder that holds `models/`. */
  readonly resourcesDir: string
  /** The folder of rendered sample photos. Absent: none can be added. */
  readonly samplesDir?: string | undefined
  /** Where measurements of this machine are kept. Absent: nothing is measured, the network runs on the CPU. */
  readonly machineDir?: string | undefined
  readonly log?: Logger
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Restore a damaged catalog from its backups instead of refusing to open it. */
  readonly rescue?: boolean
  /** A window is about to show the photos: their list is read while the index is loaded. */
  readonly prefetchGrid?: boolean
  /** The library stays open: changes in its folders are taken over as they happen, unless a setting says otherwise. */
  readonly watch?: boolean
  /** Whether an interactive host reads in the background what metadata are lacking, also by exiftool. */
  readonly readMetadata?: boolean
  /** Called when the library is known to be good, and only its index has still to be loaded. */
  readonly onCatalogOpen?: () => void
}

/** A library that is open. */
export interface Engine extends Services, QueryTools {
  readonly evaluation: EvaluationService
  readonly calibrator: Calibrator
  readonly backups: BackupKeeper
  readonly metadata: MetadataService
  /** Stops what runs, writes what is not written yet, and releases the library. */
  close(): Promise<void>
}

/**
 * Opens a library, making it where there is none. One process at a time has it open.
 * @throws KindredError `library-in-use`, `library-unwritable`, `library-damaged`, `library-newer`, `model-invalid`
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { log = silentLog, now = Date.now } = options
  const layout = layoutOf(resolve(options.libraryDir))
  const lock = lockLibrary(layout)
  // Its thread loads Faiss while this one opens the catalog.
  indexHost()
  let opened: OpenedCatalog | undefined
  let reader: CatalogReader | undefined
  try {
    const model = readModel(bundledModelCard(options.resourcesDir))
    opened = openCatalog(layout, { rescue: options.rescue ?? false, log, now })
    const { catalog, journal, repaired } = opened
    onSlowStatement(catalog.db, slow => log('warn', 'A statement took long', { ...slow }))
    reader = new CatalogReader(catalog)
    // Errors surface on the next call.
    if (options.prefetchGrid) reader.grid().catch(() => undefined)
    const thumbnails = ThumbnailCache.open(layout.thumbnails)
    const runtimes = runtimesOf(options.machineDir, { catalog, thumbnails }, log, now)
    const backbones = new Backbones(catalog, model, layout.models, runtimes)
    const version = registerBundledModel(catalog, model, now(), usable(backbones, log))
    options.onCatalogOpen?.()
    const { index, recovery } = await EmbeddingIndex.open(catalog, layout.index, version, log)
    if (recovery !== 'none') log('info', `The index was ${recovery}`, { photos: index.size })

    const jobs = new JobRunner(catalog.jobs, log, now, kindsTakingTurns)
    const photos = { catalog, index, backbones, thumbnails }
    const calibrator = new Calibrator(catalog, index, log)
    const backups = new BackupKeeper({ catalog, reader, folder: layout.backups, log, now })
    const tuner = new IndexTuner({ catalog, index, jobs, log, now })
    const library = new LibraryService({ ...photos, jobs, tuner, layout, log, now })
    const watch = new FolderWatch({ catalog, jobs, library, layout, log })
    const importer = new AlbumImporter({
      catalog,
      jobs,
      importPhotos: (folder, job) => library.importWithin(folder, job),
    })
    const metadata = new MetadataService({ catalog, index, jobs, log })
    const albums = { queries: catalog.albums, commands: catalog.albumCommands, importer }
    const labels = new LabelService(catalog, index)
    const models = new ModelService({ ...photos, jobs, model, log, now })
    const machine = new Machine()
    const labelWatch = new LabelWatch({ catalog, index, log })
    const autoTrainer = new AutoTrainer({ catalog, labels: labelWatch, jobs, models, machine, log, now })
    const evaluation = new EvaluationService({ catalog, index, jobs, models })
    const diagnostics = new DiagnosticsService({
      ...photos,
      jobs,
      machine,
      tuner,
      layout,
      model,
      runtimes,
      recovery,
      log,
      journal,
      catalogRepaired: repaired,
    })
    const films = new PhotoFilms(catalog, layout.films)
    const regions = new RegionService(photos)
    const tightening = new AbortController()
    inBackground(log, 'Tightening the permissions of the library', () =>
      tightenFolders(layout, tightening.signal),
    )
    const close = async (): Promise<void> => {
      tightening.abort()
      autoTrainer.stop()
      machine.stop()
      tuner.stop()
      library.stop()
      await watch.close()
      metadata.stop()
      await jobs.stopAll()
      await labelWatch.close()
      await calibrator.close()
      await backups.close()
      await reader!.close()
      await index.close()
      await closeUserFiles()
      films.close()
      await regions.close()
      await runtimes?.close()
      await backbones.close()
      journal.close()
      catalog.close()
      lock.release()
    }
    const overview = new LibraryOverview(catalog, reader)
    const tiles = new PhotoTiles(catalog)
    const search = new SearchService(photos, reader, calibrator)
    return {
      ...photos,
      library,
      watch,
      metadata,
      overview,
      search,
      calibrator,
      images: new PhotoImages(photos),
      tiles,
      films,
      regions,
      albums,
      labels,
      models,
      autoTrainer,
      evaluation,
      tuner,
      diagnostics,
      jobs,
      machine,
      backups,
      layout,
      samplesDir: options.samplesDir,
      model,
      close,
    }
  } catch (error) {
    await reader?.close()
    opened?.journal.close()
    opened?.catalog.close()
    lock.release()
    throw error
  }
}

/** Opens a library for an interactive host: what was cut off resumes, and idle time is used. */
export async function openEngineServer(options: EngineOptions): Promise<EngineServer> {
  const engine = await openEngine({ ...options, prefetchGrid: true })
  // Commands do without the contract and its schemas, and start sooner.
  const { EngineServer } = await import('./api/engine-server.ts')
  const { library, models, index, autoTrainer, tuner, machine, backups, diagnostics, metadata } = engine
  library.resumeInterrupted(resumers(engine), () => void models.use(index.version.headId))
  if (options.watch) engine.watch.start()
  machine.watch()
  autoTrainer.start()
  tuner.watch()
  backups.watch()
  if (options.readMetadata) metadata.watch()
  diagnostics.startMeasuring()
  return new EngineServer(engine, options.log ?? silentLog, () => engine.close())
}

/** How jobs other than imports resume, by kind. */
const resumers = ({ albums, autoTrainer, models }: Engine): Record<string, Resume> => ({
  albums: parameters => albums.importer.resume(parameters),
  train: parameters => autoTrainer.resume(trainingParametersSchema.parse(parameters)),
  network: parameters => void models.importNetwork(networkSourceSchema.parse(parameters)),
})

function runtimesOf(
  machineDir: string | undefined,
  photos: { readonly catalog: OpenedCatalog['catalog']; readonly thumbnails: ThumbnailCache },
  log: Logger,
  now: () => number,
): Runtimes | undefined {
  if (machineDir === undefined) return undefined
  const file = join(machineDir, 'runtimes.json')
  return new Runtimes({ file, log, now, photos: benchmarkPhotos.bind(null, photos) })
}

/** Whether the network of a backbone is still there. */
const usable =
  (backbones: Backbones, log: Logger) =>
  (backbone: BackboneId): boolean => {
    try {
      return backbones.file(backbone) !== ''
    } catch (error) {
      log('warn', asKindredError(error).message, {})
      return false
    }
  }
