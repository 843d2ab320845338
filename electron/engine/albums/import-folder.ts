import { readdirSync } from 'node:fs'
import { basename, sep } from 'node:path'
import { KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { AlbumImportResult, FailedFile, ImportResult } from '../../shared/results.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { displayPath, fsPath, isBelow, pathFromBytes, type FilePath } from '../scan/paths.ts'

export interface FolderImport {
  readonly catalog: Catalog
  readonly now: () => number
  /** Brings the folder's photos into the library first. */
  readonly importPhotos: (folder: FilePath) => Promise<ImportResult>
}

/**
 * Makes one album of each folder directly inside, with all photos anywhere below it; where there is an album of that
 * name, the photos join it. One change, which can be taken back as a whole.
 */
export async function importAlbums(
  { catalog, now, importPhotos }: FolderImport,
  folder: FilePath,
): Promise<AlbumImportResult> {
  const { failed } = await importPhotos(folder)
  const names = subFolders(folder)
  if (names.length === 0)
    throw new KindredError(
      'no-classes',
      `${displayPath(folder)} has no folders inside that could become albums.`,
    )
  const photosIn = new Map(names.map(name => [name, new Set<PhotoId>()]))
  for (const { path, photoId } of catalog.files.below(folder)) {
    const [name = ''] = path.slice(folder.length + (folder.endsWith(sep) ? 0 : 1)).split(sep)
    if (photoId !== null) photosIn.get(name)?.add(photoId)
  }
  const filled = names.filter(name => photosIn.get(name)!.size > 0 && displayPath(name).trim() !== '')
  const before = new Set(catalog.albums.list().map(({ id }) => id))
  const wanted = filled.map(name => ({
    name: displayPath(name),
    photos: [...photosIn.get(name)!].sort((a, b) => a - b),
    extend: true,
  }))
  const label = `Make albums of “${displayPath(basename(folder))}”`
  const albums = new Set(catalog.albums.createAll(wanted, label, now()))
  return {
    albums: albums.size,
    created: albums.difference(before).size,
    photos: new Set(wanted.flatMap(({ photos }) => photos)).size,
    failed: failed.filter(({ path }) => isBelow(path, folder)) satisfies FailedFile[],
  }
}

function subFolders(folder: FilePath): FilePath[] {
  const entries = readdirSync(fsPath(folder), { withFileTypes: true, encoding: 'buffer' })
  const names = entries.filter(entry => entry.isDirectory()).map(entry => pathFromBytes(entry.name))
  return names
    .filter(name => !name.startsWith('.'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
