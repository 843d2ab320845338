import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { FilePath } from '../scan/paths.ts'

/** Which photos may be answers; every part that is given must hold. */
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

/**
 * The photos that may be answers, chosen before anything is compared: so the answer among them is exact, whatever the
 * index. Undefined where all may.
 */
export function photosWithin(catalog: Catalog, filter: PhotoFilter): ReadonlySet<PhotoId> | undefined {
  const { album, folder, takenFrom, takenBefore } = filter
  const parts: readonly (readonly PhotoId[])[] = [
    ...(album === undefined ? [] : [catalog.albums.photosOf(album)]),
    ...(folder === undefined ? [] : [catalog.files.photosBelow(folder)]),
    ...(takenFrom === undefined && takenBefore === undefined
      ? []
      : [catalog.photos.takenBetween(takenFrom ?? -Infinity, takenBefore ?? Infinity)]),
  ]
  const [first, ...others] = parts.map(ids => new Set(ids))
  return first && others.reduce((kept, ids) => kept.intersection(ids), first)
}
