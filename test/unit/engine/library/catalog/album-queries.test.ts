import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import type { AlbumId, PhotoId } from '../../../../../electron/shared/ids.ts'
import { codeOf, putPhoto, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

function library(): { catalog: Catalog; photos: PhotoId[] } {
  const catalog = scratch.catalog()
  return { catalog, photos: Array.from({ length: 6 }, (_, i) => putPhoto(catalog, `/photos/${i}.jpg`)) }
}

describe('album queries', () => {
  test('count and show only photos that can be reached', () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const id = commands.create('Cats', photos.slice(0, 3))
    const dogs = commands.create('Dogs', [])
    catalog.files.markMissing(catalog.files.byPath('/photos/0.jpg')!.id)
    expect(albums.list()).toEqual([
      { id, name: 'Cats', usedForTraining: true, photos: 2, cover: photos[1] },
      { id: dogs, name: 'Dogs', usedForTraining: true, photos: 0, cover: null },
    ])
    expect(albums.photosOf(id)).toEqual(photos.slice(1, 3))
    expect(albums.albumsOf(photos[0]!)).toEqual([id])
  })

  test('return all labels in a fixed order, whatever the order in which they were given', () => {
    const given = (reverse: boolean): unknown => {
      const { catalog, photos } = library()
      const { albums, albumCommands: commands } = catalog
      const ids = ['Zebras', 'Ants', 'Cats'].map(name => commands.create(name, []))
      const members: [AlbumId, PhotoId][] = ids.flatMap(id =>
        photos.slice(0, 3).map(photo => [id, photo] as [AlbumId, PhotoId]),
      )
      for (const [id, photo] of reverse ? members.reverse() : members) commands.add(id, [photo])
      for (const [id, photo] of reverse
        ? [[ids[1]!, 5] as const, [ids[0]!, 4] as const]
        : [[ids[0]!, 4] as const, [ids[1]!, 5] as const])
        commands.refuse(id, [photos[photo]!])
      const pairs = [
        [2, 1],
        [0, 3],
        [0, 1],
      ]
      for (const [anchor, negative] of reverse ? pairs.reverse() : pairs)
        commands.notLike([photos[anchor!]!], photos[negative!]!)
      commands.reorder(reverse ? ids.toReversed() : ids)
      return albums.labels()
    }
    const labels = given(false)
    expect(given(true)).toEqual(labels)
    expect(labels).toMatchObject({
      albums: [{ name: 'Zebras', usedForTraining: true }, { name: 'Ants' }, { name: 'Cats' }],
      refused: [{ photoId: 5 }, { photoId: 6 }],
      notLike: [
        { anchor: 1, negative: 2 },
        { anchor: 1, negative: 4 },
        { anchor: 3, negative: 2 },
      ],
    })
  })

  test('refuse an album that is not there', async () => {
    const { albums, albumCommands } = library().catalog
    const gone = albumCommands.create('Gone')
    albumCommands.delete(gone)
    const reads: (() => unknown)[] = [
      () => albums.idOf('Gone'),
      () => albums.nameOf(gone),
      () => albums.row(gone),
      () => albums.photosOf(gone),
      () => albums.membersOf(gone),
    ]
    for (const read of reads) expect(await codeOf(read)).toBe('album-not-found')
    expect(albums.list()).toEqual([])
  })
})
