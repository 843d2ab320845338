import { readdirSync } from 'node:fs'
import { basename, sep } from 'node:path'
import { KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { AlbumsMade, ImportResult } from '../../shared/results.ts'
import { NAME_LENGTH } from '../library/catalog/album-names.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { folderNotFound, notAFolder } from '../library/folder-errors.ts'
import { displayPath, fsPath, isBelow, type FilePath } from '../library/paths.ts'

/**
 * Makes one album of each folder directly inside, with all photos anywhere below it; photos join an album of the same
 * name. All of it is one change, which can be undone as a whole.
 * @param importPhotos brings the folder's photos into the library first
 * @throws KindredError `no-classes`
 */
export async function importAlbums(
  catalog: Catalog,
  folder: FilePath,
  importPhotos: () => Promise<ImportResult>,
): Promise<AlbumsMade> {
  const { failed } = await importPhotos()
  const wanted = photosByFolder(catalog, folder)
  if (wanted.length === 0) throw noClasses(folder)
  const before = new Set(catalog.albums.ids())
  const { latestChange } = catalog.albumCommands
  const what = { kind: 'import', folder: displayPath(basename(folder)) } as const
  const albums = new Set(catalog.albumCommands.createAll(wanted, what))
  const change = catalog.albumCommands.latestChange
  return {
    albums: albums.size,
    created: albums.difference(before).size,
    photos: new Set(wanted.flatMap(({ photos }) => photos)).size,
    failed: failed.filter(({ path }) => isBelow(path, folder)),
    change: change === latestChange ? null : change,
  }
}

/**
 * Checks before the import that the folder has folders inside.
 * @throws KindredError `folder-not-found`, `not-a-folder`, `permission-denied`, `no-classes`
 */
export function requireFolders(folder: FilePath): void {
  try {
    const entries = readdirSync(fsPath(folder), { withFileTypes: true })
    if (!entries.some(entry => entry.isDirectory() || entry.isSymbolicLink())) throw noClasses(folder)
  } catch (error) {
    if (error instanceof KindredError) throw error
    const { code } = error as NodeJS.ErrnoException
    const name = displayPath(folder)
    if (code === 'ENOENT') throw folderNotFound(name, error)
    if (code === 'ENOTDIR') throw notAFolder(name, error)
    throw new KindredError('permission-denied', `The folder ${name} cannot be read.`, {
      cause: error,
      details: { reason: 'permission-denied.folder', path: name },
    })
  }
}

/** By the catalog rather than the folder's own listing: folders that the import left out make no albums. */
function photosByFolder(
  catalog: Catalog,
  folder: FilePath,
): { name: string; photos: PhotoId[]; extend: true }[] {
  const inside = folder.endsWith(sep) ? folder.length : folder.length + sep.length
  const photosIn = new Map<FilePath, Set<PhotoId>>()
  for (const { path, photoId, state } of catalog.files.below(folder)) {
    const [name = '', ...rest] = path.slice(inside).split(sep)
    if (state !== 'present' || rest.length === 0) continue
    const photos = photosIn.get(name) ?? new Set()
    photosIn.set(name, photos.add(photoId!))
  }
  return [...photosIn]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, photos]) => ({
      name: displayPath(name).slice(0, NAME_LENGTH).toWellFormed(),
      photos: [...photos].sort((a, b) => a - b),
      extend: true as const,
    }))
    .filter(({ name }) => name.trim() !== '')
}

const noClasses = (folder: FilePath): KindredError =>
  new KindredError(
    'no-classes',
    `${displayPath(folder)} has no folders of photos inside that could become albums.`,
    { details: { reason: 'no-classes.in', path: displayPath(folder) } },
  )
