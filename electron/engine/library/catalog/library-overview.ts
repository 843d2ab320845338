import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { KindredError } from '../../../shared/errors.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type {
  DamagedPhoto,
  Events,
  Facets,
  FailedPhoto,
  Folder,
  ImportBatch,
  LeftOutCount,
  Output,
  PartDetails,
  PhotoDetails,
} from '../../../shared/contract.ts'
import { displayPath, fsPath, isBelow, type FilePath } from '../paths.ts'
import { librarySpelling } from '../real-path.ts'
import { describeMetadata } from './describe-metadata.ts'
import type { CatalogReader, Grid } from './catalog-reader.ts'
import type { Catalog } from './catalog.ts'
import type { FileRow } from './files.ts'
import type { PhotoFilter } from './photo-filter.ts'
import type { PhotoFacts } from './photos.ts'

/** What a photo is, without the addresses of its pictures. */
export interface PhotoWithFiles {
  readonly facts: PhotoFacts
  readonly details: Omit<PhotoDetails, 'thumbnailUrl' | 'imageUrl'>
}

/** Of a motion photo: the film in its file. */
const filmWithin = ({ id, metadata }: PhotoFacts, path: FilePath): PartDetails[] =>
  metadata.film ? [{ id, role: 'motion', name: basename(path), path: displayPath(path), format: 'MP4' }] : []

/** What a library holds, for whoever shows or prints it. */
export class LibraryOverview {
  readonly #catalog: Catalog
  readonly #reader: CatalogReader

  constructor(catalog: Catalog, reader: CatalogReader) {
    this.#catalog = catalog
    this.#reader = reader
  }

  status(): Omit<Events['library'], 'away'> {
    const { photos, files, settings } = this.#catalog
    return {
      photos: photos.countPresent(),
      failed: files.countFailed(),
      damaged: photos.countDamaged(),
      generation: settings.generation(),
      folders: this.#catalog.roots().length,
    }
  }

  /** The folders that were added. */
  roots(): FilePath[] {
    return this.#catalog.roots()
  }

  /** The same, with how many photos lie below each and whether it can be reached now. */
  async folders(): Promise<Omit<Folder, 'watching'>[]> {
    const paths = this.#catalog.roots()
    const photos = await this.#reader.countPhotosBelow(paths)
    const ignored = this.#catalog.folders.ignored()
    return paths.map((path, n) => ({
      path,
      reachable: statSync(fsPath(path), { throwIfNoEntry: false }) !== undefined,
      photos: photos[n]!,
      ignore: ignored[path] ?? [],
    }))
  }

  /** Photos of which all files lie below these folders. */
  photosOnlyBelow(folders: readonly FilePath[]): Promise<number[]> {
    return this.#reader.photosOnlyBelow(folders)
  }

  /** What the last look at the folders has left out. */
  leftOut(): LeftOutCount[] {
    const leftOut = this.#catalog.folders.leftOut()
    return leftOut.map(counts => ({ ...counts, example: displayPath(counts.example) }))
  }

  /** Photos that can be reached, the newest first. */
  grid(): Promise<Grid> {
    return this.#reader.grid()
  }

  /** What the photos can be filtered by. */
  facets(): Promise<Facets> {
    return this.#reader.facets()
  }

  /** All photos that match a filter, whether they can be reached or not. */
  photosWithin(filter: PhotoFilter): Promise<ReadonlySet<PhotoId>> {
    return this.#reader.photosWithin(filter)
  }

  /** Which photos came together, the newest first. */
  async recentImports(atLeast: number): Promise<ImportBatch[]> {
    const imports = await this.#reader.recentImports(atLeast)
    return imports.map(batch => ({ ...batch, folders: batch.folders.map(displayPath) }))
  }

  /** Files that could not become photos, with the reason. */
  failures(): FailedPhoto[] {
    return this.#catalog.files.failed().map(({ path, failureCode, failureMessage }) => ({
      path: displayPath(path),
      code: failureCode!,
      message: failureMessage!,
    }))
  }

  /** Photos of which a part is missing, with each of their paths. */
  damaged(): DamagedPhoto[] {
    return this.#catalog.photos.damaged().map(photo => ({ ...photo, path: displayPath(photo.path) }))
  }

  /** Names and albums of photos; a photo that is no longer in the library has no name. */
  captions(photos: readonly PhotoId[]): Output<'photos.captions'> {
    const { albums, files } = this.#catalog
    return this.#catalog.snapshot(() => ({
      names: photos.map(id => basename(displayPath(files.pathOf(id) ?? ''))),
      albums: photos.map(id => albums.albumsOf(id)),
    }))
  }

  /** @throws KindredError `photo-not-found` */
  photo(id: PhotoId): PhotoWithFiles {
    const facts = this.#catalog.photos.facts(id)
    if (!facts) throw new KindredError('photo-not-found', 'This photo is no longer in the library.')
    const present = this.#catalog.files.presentOf(id)
    const files = present.length > 0 ? present : this.#catalog.files.missingOf(id)
    const paths = files.map(({ path }) => displayPath(path))
    const { format, bytes, width, height, duration, standIn, damage, addedAt } = facts
    return {
      facts,
      details: {
        id,
        name: basename(paths[0] ?? ''),
        paths,
        missing: present.length === 0,
        format,
        bytes,
        width,
        height,
        video:
          duration === null
            ? null
            : { durationSeconds: duration < 0 ? null : duration, hasFrame: standIn === null },
        damage,
        ...describeMetadata(facts),
        parts: [...this.#partsOf(id), ...(present[0] ? filmWithin(facts, present[0].path) : [])],
        partOf: this.#mainOf(id),
        addedAt,
      },
    }
  }

  #partsOf(id: PhotoId): PartDetails[] {
    const parts = this.#catalog.parts.partsOf(id)
    return parts.map(part => ({ ...part, path: displayPath(part.path), name: basename(part.path) }))
  }

  #mainOf(id: PhotoId): PhotoDetails['partOf'] {
    const main = this.#catalog.parts.mainOf(id)
    return main === id ? null : { id: main, path: displayPath(this.pathOf(main)) }
  }

  /** The first path at which the photo can be reached; empty where there is none. */
  pathOf(photo: PhotoId): FilePath {
    return this.#catalog.files.pathOf(photo) ?? ''
  }

  /** Every photo that can be reached and is no part of another, by id, with one of its paths. */
  photos(): { id: PhotoId; path: FilePath }[] {
    const paths = new Map<PhotoId, FilePath>()
    for (const { photoId, path, partOf } of this.#catalog.files.present())
      if (partOf === null && !paths.has(photoId!)) paths.set(photoId!, path)
    return Array.from(paths, ([id, path]) => ({ id, path }))
  }

  /** Photos at a path, parts of others too; of a folder, all that are shown below it. */
  photosAt(given: FilePath): PhotoId[] {
    const path = this.#spelled(given)
    const isFolder = statSync(fsPath(path), { throwIfNoEntry: false })?.isDirectory() ?? false
    const isShown = ({ state, partOf }: FileRow): boolean => state === 'present' && partOf === null
    const belongs = (row: FileRow): boolean => (isFolder ? isShown(row) : row.path === path)
    return this.#catalog.files.below(path).flatMap(row => (belongs(row) && row.photoId ? [row.photoId] : []))
  }

  /** Folders of the library below which one of the paths lies. */
  rootsOf(paths: readonly FilePath[]): FilePath[] {
    const spelled = paths.map(path => this.#spelled(path))
    return this.#catalog.roots().filter(root => spelled.some(path => isBelow(path, root)))
  }

  /** The path as the library spells it. */
  #spelled(path: FilePath): FilePath {
    return this.#catalog.files.byPath(path) ? path : librarySpelling(path, this.#catalog.roots())
  }
}
