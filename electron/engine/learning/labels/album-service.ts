import { resolve } from 'node:path'
import type { Album } from '../../../shared/contract.ts'
import { KindredError } from '../../../shared/errors.ts'
import type { AlbumId, PhotoId } from '../../../shared/ids.ts'
import type { AlbumImportResult, ImportResult } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { EmbeddingIndex } from '../../retrieval/index/embedding-index.ts'
import type { JobContext, JobOptions, JobRunner, StartedJob } from '../../runtime/jobs/job-runner.ts'
import type { FilePath } from '../../library/paths.ts'
import { FEWEST_PHOTOS } from './training-set.ts'
import { askMe, type AskedPhoto } from './active-learning.ts'
import { importAlbums, requireFolders } from '../../import/album-folders.ts'
import { suggest, type Suggested } from './suggestions.ts'

export interface AlbumTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly now: () => number
  readonly importPhotos: (folder: FilePath, job: JobContext) => Promise<ImportResult>
}

/** What is remembered of an import while it runs. */
interface AlbumJob {
  readonly folder: FilePath
}

/** What a person does with albums. */
export class AlbumService {
  readonly #tools: AlbumTools
  readonly #listeners = new Set<() => void>()

  constructor(tools: AlbumTools) {
    this.#tools = tools
  }

  /** Tells of every change to albums or to what is in them. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  list(): Album[] {
    return this.#albums.list().map(album => ({ ...album, needs: Math.max(0, FEWEST_PHOTOS - album.photos) }))
  }

  /** @throws KindredError `album-not-found` */
  idOf(name: string): AlbumId {
    return this.#albums.idOf(name)
  }

  /** @throws KindredError `album-exists` */
  create(name: string, photos: readonly PhotoId[] = []): AlbumId {
    return this.#change((albums, now) => albums.create(name, photos, now))
  }

  rename(album: number, name: string): void {
    this.#change((albums, now) => albums.rename(album, name, now))
  }

  delete(album: number): void {
    this.#change((albums, now) => albums.delete(album, now))
  }

  reorder(order: readonly number[]): void {
    this.#change((albums, now) => albums.reorder(order, now))
  }

  setTeaches(album: number, teaches: boolean): void {
    this.#change((albums, now) => albums.setTeaches(album, teaches, now))
  }

  /** Answers how many of the photos were not in it before. */
  add(album: number, photos: readonly PhotoId[]): number {
    return this.#change((albums, now) => albums.add(album, photos, now))
  }

  /** Answers how many of the photos were in it. */
  remove(album: number, photos: readonly PhotoId[]): number {
    return this.#change((albums, now) => albums.remove(album, photos, now))
  }

  refuse(album: number, photos: readonly PhotoId[]): void {
    this.#change((albums, now) => albums.refuse(album, photos, now))
  }

  noneOf(among: readonly number[], photo: PhotoId): void {
    this.#change((albums, now) => albums.noneOf(among, photo, now))
  }

  notLike(anchors: readonly PhotoId[], photo: PhotoId): void {
    this.#change((albums, now) => albums.notLike(anchors, photo, now))
  }

  /** Answers what was taken back, in words; null when there is nothing. */
  undo(): string | null {
    return this.#change(albums => albums.undo())
  }

  redo(): string | null {
    return this.#change(albums => albums.redo())
  }

  /**
   * Makes one album of each folder inside.
   * @throws KindredError `folder-not-found`, `not-a-folder`, `permission-denied`, `no-classes`
   */
  startImport(folder: string, options: JobOptions = {}): StartedJob<AlbumImportResult> {
    const { jobs, catalog, now, importPhotos } = this.#tools
    const path = resolve(folder)
    requireFolders(path)
    const work = async (job: JobContext): Promise<AlbumImportResult> => {
      const result = await importAlbums(
        { catalog, now, importPhotos: below => importPhotos(below, job) },
        path,
      )
      this.#tell()
      return result
    }
    const parameters: AlbumJob = { folder: path }
    return jobs.start('albums', parameters, work, options)
  }

  /** Goes on with an import that was cut off, unless its folder has gone or changed since. */
  resumeImport(parameters: string): void {
    const { folder } = JSON.parse(parameters) as AlbumJob
    try {
      this.startImport(folder)
    } catch (error) {
      if (!(error instanceof KindredError)) throw error
    }
  }

  /** Photos that most likely belong to an album. */
  suggest(album: number, limit: number): Promise<Suggested> {
    const { catalog, index } = this.#tools
    return index.use(view => suggest(catalog, view, album, limit))
  }

  /** The photos whose label would teach the most. */
  askMe(limit: number): Promise<AskedPhoto[]> {
    const { catalog, index } = this.#tools
    return index.use(view => askMe(catalog, view, limit))
  }

  get #albums(): Catalog['albums'] {
    return this.#tools.catalog.albums
  }

  #change<T>(change: (albums: Catalog['albums'], now: number) => T): T {
    const result = change(this.#albums, this.#tools.now())
    this.#tell()
    return result
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
