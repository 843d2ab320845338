import type { Album } from '../../../shared/contract.ts'
import type { AlbumQueries } from '../../library/catalog/album-queries.ts'
import { photosNeeded } from './training-set.ts'

/** All albums in the order in which they are shown, each with the photos that it still needs for training. */
export function listAlbums(albums: AlbumQueries): Album[] {
  return albums.list().map(({ id, name, usedForTraining, photos, cover }) => ({
    id,
    name,
    teaches: usedForTraining,
    photos,
    cover,
    needs: photosNeeded(photos),
  }))
}
