import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from './catalog.ts'
import type { FilePath } from '../paths.ts'

/** Which photos may be results; every part that is given must hold. */
export interface PhotoFilter {
  /** In this album. */
  readonly album?: number | undefined
  /** In this folder or below it. */
  readonly folder?: FilePath | undefined
  /**
   * Taken from this moment on, and before that one: milliseconds of the wall clock at the place of capture, as if it
   * were UTC; the file's own date where a photo has none.
   */
  readonly takenFrom?: number | undefined
  readonly takenBefore?: number | undefined
}

/** The tables that a filter reads. */
export type FilteredCatalog = Pick<Catalog, 'albums' | 'files' | 'photos'>

/** One part of a filter. */
interface Part {
  /** Those of the photos for which it holds. */
  of(photos: readonly PhotoId[]): readonly PhotoId[]
  /** All photos for which it holds; so many at most where `stops` is true. */
  all(most?: number): readonly PhotoId[]
  /** Whether reading can stop after so many photos. */
  readonly stops: boolean
}

/** Whether the filter lets every photo through. */
export const isOpen = ({ album, folder, takenFrom, takenBefore }: PhotoFilter): boolean =>
  [album, folder, takenFrom, takenBefore].every(part => part === undefined)

/** Those of the photos that match the filter. */
export function photosOfThese(
  catalog: FilteredCatalog,
  filter: PhotoFilter,
  photos: readonly PhotoId[],
): ReadonlySet<PhotoId> {
  return new Set(partsOf(catalog, filter).reduce((kept, part) => part.of(kept), photos))
}

/** All photos that match the filter. In a large library this takes too long for the engine's thread. */
export function photosWithin(catalog: FilteredCatalog, filter: PhotoFilter): ReadonlySet<PhotoId> {
  const [first, ...others] = partsOf(catalog, filter).map(part => new Set(part.all()))
  return others.reduce((kept, ids) => kept.intersection(ids), first ?? new Set<PhotoId>())
}

/** All photos that match, where one part of the filter alone leaves at most `most`; undefined otherwise. Fast. */
export function fewWithin(
  catalog: FilteredCatalog,
  filter: PhotoFilter,
  most: number,
): ReadonlySet<PhotoId> | undefined {
  for (const part of partsOf(catalog, filter).filter(({ stops }) => stops)) {
    const photos = part.all(most + 1)
    if (photos.length <= most) return photosOfThese(catalog, filter, photos)
  }
  return undefined
}

function partsOf({ albums, files, photos }: FilteredCatalog, filter: PhotoFilter): readonly Part[] {
  const { album, folder, takenFrom, takenBefore } = filter
  const [from, before] = [takenFrom ?? -Infinity, takenBefore ?? Infinity]
  const inAlbum = (id: number): Part => ({
    of: those => albums.thoseIn(those, id),
    all: () => albums.photosOf(id),
    stops: true,
  })
  const inFolder = (path: FilePath): Part => ({
    of: those => files.thoseBelow(those, path),
    all: most => files.photosBelow(path, most),
    stops: true,
  })
  const inTime: Part = {
    of: those => photos.thoseTakenBetween(those, from, before),
    all: () => photos.takenBetween(from, before),
    stops: false,
  }
  return [
    ...(album === undefined ? [] : [inAlbum(album)]),
    ...(folder === undefined ? [] : [inFolder(folder)]),
    ...(takenFrom === undefined && takenBefore === undefined ? [] : [inTime]),
  ]
}
