import { resolve } from 'node:path'
import { z } from 'zod'
import { KindredError } from '../../shared/errors.ts'
import type { AlbumsMade, ImportResult } from '../../shared/results.ts'
import type { AlbumCommands } from '../library/catalog/album-commands.ts'
import type { AlbumQueries } from '../library/catalog/album-queries.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import type { FilePath } from '../library/paths.ts'
import { librarySpelling } from '../library/real-path.ts'
import type { JobContext, JobOptions, JobRunner, StartedJob } from '../runtime/jobs/job-runner.ts'
import { importAlbums, requireFolders } from './album-folders.ts'

/** Albums as the engine offers them. */
export interface Albums {
  readonly queries: AlbumQueries
  readonly commands: AlbumCommands
  readonly importer: AlbumImporter
}

export interface AlbumImportTools {
  readonly catalog: Catalog
  readonly jobs: JobRunner
  /** Brings the folder's photos into the library, as part of the job. */
  readonly importPhotos: (folder: FilePath, job: JobContext) => Promise<ImportResult>
}

/** The job's parameters as the catalog keeps them. */
const albumJob = z.object({ folder: z.string() })

/** Starts and resumes the job that imports a folder and makes one album of each folder inside. */
export class AlbumImporter {
  readonly #tools: AlbumImportTools

  constructor(tools: AlbumImportTools) {
    this.#tools = tools
  }

  /**
   * Makes one album of each folder inside.
   * @throws KindredError `folder-not-found`, `not-a-folder`, `permission-denied`, `no-classes`
   */
  start(folder: string, options: JobOptions = {}): StartedJob<AlbumsMade> {
    const { jobs, catalog, importPhotos } = this.#tools
    requireFolders(resolve(folder))
    const path = librarySpelling(folder, catalog.roots())
    const parameters: z.infer<typeof albumJob> = { folder: path }
    return jobs.start(
      'albums',
      parameters,
      job => importAlbums(catalog, path, () => importPhotos(path, job)),
      options,
    )
  }

  /**
   * Resumes an import that was cut off, unless albums can no longer come of its folder.
   * @param parameters as the catalog keeps them
   */
  resume(parameters: unknown): void {
    const { folder } = albumJob.parse(parameters)
    try {
      this.start(folder)
    } catch (error) {
      if (!(error instanceof KindredError)) throw error
    }
  }
}
