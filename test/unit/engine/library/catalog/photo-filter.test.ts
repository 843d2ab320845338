import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isOpen, type PhotoFilter } from '../../../../../electron/engine/library/catalog/photo-filter.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { codeOf, putPhoto, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const DAY = 86_400_000
const FOLDERS = ['/photos', '/photos/summer', '/photos/summer 2', '/other']
const CAMERAS = ['Nikon', 'Canon', null]
const SIZES = [
  [300, 200, 'landscape'],
  [200, 300, 'portrait'],
  [104, 100, 'square'],
  [20, 19, 'landscape'],
] as const

/** Forty photos of which each condition leaves others. */
function library() {
  const catalog = scratch.catalog()
  const albums = [0, 1].map(n => catalog.albumCommands.create(`Album ${n}`, []))
  const photos = Array.from({ length: 40 }, (_, n) => {
    const folder = FOLDERS[n % FOLDERS.length]!
    const id = putPhoto(catalog, `${folder}/${n}.jpg`)
    // Every third says when it was taken; the others have the date of their file, the day after 1970 began.
    const taken = n % 3 === 0 ? n * DAY : null
    const camera = CAMERAS[n % CAMERAS.length]!
    const format = n % 4 === 1 ? 'PNG' : 'JPEG'
    const [width, height, shape] = SIZES[(n >> 1) % SIZES.length]!
    const kind = n % 7 === 0 ? ('video' as const) : ('photo' as const)
    catalog.db
      .prepare(
        'UPDATE photo SET taken_at = ?, camera = ?, format = ?, width = ?, height = ?, duration_seconds = ? WHERE id = ?',
      )
      .run(taken, camera, format, width, height, kind === 'video' ? -1 : null, id)
    catalog.db.prepare('UPDATE file SET modified_ms = ? WHERE photo_id = ?').run(DAY + 0.5, id)
    const within = albums.filter((_, a) => n % (a + 5) === 0)
    for (const album of within) catalog.albumCommands.add(album, [id])
    return { id, folder, date: taken ?? DAY, camera, format, shape, kind, albums: within }
  })
  return { catalog, albums, photos }
}

type Photo = ReturnType<typeof library>['photos'][number]

/** What the conditions mean, in the plainest way. */
function matches(photo: Photo, filter: PhotoFilter): boolean {
  const oneOf = <T>(wanted: readonly T[] | undefined, has: (value: T) => boolean): boolean =>
    wanted === undefined || wanted.length === 0 || wanted.some(has)
  return (
    oneOf(filter.albums, album => photo.albums.includes(album as never)) &&
    !(filter.notAlbums ?? []).some(album => photo.albums.includes(album as never)) &&
    !(filter.noAlbum && photo.albums.length > 0) &&
    oneOf(filter.folders, folder => `${photo.folder}/`.startsWith(`${folder}/`)) &&
    (filter.takenFrom === undefined || photo.date >= filter.takenFrom) &&
    (filter.takenBefore === undefined || photo.date < filter.takenBefore) &&
    oneOf(filter.cameras, camera => photo.camera === camera) &&
    oneOf(filter.formats, format => photo.format === format) &&
    oneOf(filter.shapes, shape => photo.shape === shape) &&
    oneOf(filter.kinds, kind => photo.kind === kind)
  )
}

describe('photo filter', () => {
  test('leaves the photos for which every condition holds', () => {
    const { catalog, albums, photos } = library()
    const option = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.option(values, { nil: undefined, freq: 1 })
    const some = <T>(values: readonly T[]) => option(fc.subarray([...values]))
    const day = option(fc.integer({ min: -1, max: 41 }).map(n => n * DAY))
    const filter = fc.record({
      albums: some(albums as number[]),
      notAlbums: some(albums as number[]),
      noAlbum: option(fc.boolean()),
      folders: some(FOLDERS),
      takenFrom: day,
      takenBefore: day,
      cameras: some(['Nikon', 'Canon', 'None']),
      formats: some(['JPEG', 'PNG']),
      shapes: some(['landscape', 'portrait', 'square'] as const),
      kinds: some(['photo', 'video'] as const),
    })
    const sorted = (ids: Iterable<PhotoId>): PhotoId[] => [...ids].sort((a, b) => a - b)
    const all = photos.map(({ id }) => id)
    const property = fc.property(filter, wanted => {
      const expected = photos.filter(photo => matches(photo, wanted)).map(({ id }) => id)
      expect(sorted(catalog.filtered.of(wanted, all))).toEqual(expected)
      expect(sorted(catalog.filtered.all(wanted))).toEqual(expected)
      if (isOpen(wanted)) expect(expected).toEqual(all)
      for (const most of [0, 3, 9, 40]) {
        const few = catalog.filtered.few(wanted, most)
        if (few) expect(sorted(few)).toEqual(expected)
        // Of forty photos every album, folder and camera has at most so many; other conditions cannot stop early.
        else
          expect(
            most < 40 || ![wanted.albums, wanted.folders, wanted.cameras].some(list => list?.length),
          ).toBe(true)
      }
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('finds a few photos among those given, and refuses albums that are gone', async () => {
    const { catalog, photos } = library()
    const [first, second] = photos
    expect([...catalog.filtered.of({ cameras: ['Nikon'] }, [first!.id, second!.id])]).toEqual([first!.id])
    expect(await codeOf(() => catalog.filtered.all({ notAlbums: [99] }))).toBe('album-not-found')
    expect(await codeOf(() => catalog.filtered.few({ albums: [99] }, 3))).toBe('album-not-found')
  })
})
