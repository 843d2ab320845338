import { expect, test } from 'vitest'
import { FacetQueries } from '../../../../../electron/engine/library/catalog/facet-queries.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { putPhoto, Scratch, stamp } from '../../scratch.ts'

const scratch = new Scratch()

test('facets count photos that are shown, each once in a folder and in those above it within the library', () => {
  const catalog = scratch.catalog()
  const first = putPhoto(catalog, '/photos/2020/may/1.jpg')
  const second = putPhoto(catalog, '/photos/2020/2.jpg')
  const gone = putPhoto(catalog, '/photos/gone/3.jpg')
  // The same content twice, in two folders of one year.
  catalog.files.record('/photos/2020/2b.jpg', stamp, { state: 'present', photoId: first }, PIPELINE_VERSION)
  catalog.files.markMissing(catalog.files.presentOf(gone)[0]!.id)
  const set = catalog.db.prepare('UPDATE photo SET camera = ?, taken_at = ? WHERE id = ?')
  set.run('Nikon', 1000, first)
  set.run('Nikon', 5000, second)
  set.run('Canon', 9000, gone)
  catalog.albumCommands.create('Album', [second])

  expect(new FacetQueries(catalog.db).read(['/photos'])).toEqual({
    cameras: [{ value: 'Nikon', photos: 2 }],
    formats: [{ value: 'JPEG', photos: 2 }],
    folders: [
      { path: '/photos', photos: 2 },
      { path: '/photos/2020', photos: 2 },
      { path: '/photos/2020/may', photos: 1 },
    ],
    taken: { from: 1000, to: 5000 },
    noAlbum: 1,
  })
  expect(new FacetQueries(scratch.catalog().db).read([])).toEqual({
    cameras: [],
    formats: [],
    folders: [],
    taken: null,
    noAlbum: 0,
  })
})
