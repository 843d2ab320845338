import type { PhotoId } from '../../../shared/ids.ts'
import { albumExists, foldName, requireName } from './album-names.ts'

/** An album to be made. */
export interface WantedAlbum {
  readonly name: string
  readonly photos: readonly PhotoId[]
  /** Whether the photos join an album of this name that exists already. */
  readonly extend?: boolean
}

/** Names that differ only in case or in spaces around them become one album. */
export function mergeByName(wanted: readonly WantedAlbum[]): WantedAlbum[] {
  const merged = new Map<string, WantedAlbum>()
  for (const album of wanted) {
    const name = requireName(album.name)
    const key = foldName(name)
    const same = merged.get(key)
    if (same && !album.extend) throw albumExists(`There are two albums “${name}”.`, name)
    merged.set(key, same ? { ...same, photos: [...same.photos, ...album.photos] } : { ...album, name })
  }
  return [...merged.values()]
}
