import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fewWithin,
  isOpen,
  photosOfThese,
  photosWithin,
} from '../../../../../electron/engine/library/catalog/photo-filter.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { putPhoto, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const DAY = 86_400_000
const FOLDERS = ['/photos', '/photos/summer', '/photos/summer 2', '/other']

describe('photo filter', () => {
  test('leaves the photos for which every part holds', () => {
    const catalog = scratch.catalog()
    const album = catalog.albumCommands.create('Some', [])
    const photos = Array.from({ length: 40 }, (_, n) => {
      const folder = FOLDERS[n % FOLDERS.length]!
      const id = putPhoto(catalog, `${folder}/${n}.jpg`)
      // Every third says when it was taken; the others have the date of their file, the day after 1970 began.
      const taken = n % 3 === 0 ? n * DAY : null
      catalog.db.prepare('UPDATE photo SET taken_at = ? WHERE id = ?').run(taken, id)
      catalog.db.prepare('UPDATE file SET modified_ms = ? WHERE photo_id = ?').run(DAY + 0.5, id)
      if (n % 5 === 0) catalog.albumCommands.add(album, [id])
      return { id, folder, date: taken ?? DAY, inAlbum: n % 5 === 0 }
    })
    // A photo that is gone is no answer.
    const gone = photos[3]!
    catalog.files.markMissing(catalog.files.presentOf(gone.id)[0]!.id)

    const option = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.option(values, { nil: undefined })
    const filter = fc.record({
      album: option(fc.constant(album)),
      folder: option(fc.constantFrom(...FOLDERS)),
      takenFrom: option(fc.integer({ min: -1, max: 41 }).map(day => day * DAY)),
      takenBefore: option(fc.integer({ min: -1, max: 41 }).map(day => day * DAY)),
    })
    const property = fc.property(filter, wanted => {
      const expected = photos
        .filter(({ inAlbum }) => wanted.album === undefined || inAlbum)
        .filter(({ folder }) => wanted.folder === undefined || `${folder}/`.startsWith(`${wanted.folder}/`))
        .filter(({ date }) => wanted.takenFrom === undefined || date >= wanted.takenFrom)
        .filter(({ date }) => wanted.takenBefore === undefined || date < wanted.takenBefore)
        .map(({ id }) => id)
        .filter((id: PhotoId) => id !== gone.id)
      expect(isOpen(wanted)).toBe(Object.values(wanted).every(part => part === undefined))
      const sorted = (ids: Iterable<PhotoId>): PhotoId[] => [...ids].filter(id => id !== gone.id).sort()
      const all = photos.map(({ id }) => id)
      expect(sorted(photosOfThese(catalog, wanted, all))).toEqual(expected.sort())
      if (isOpen(wanted)) return
      expect(sorted(photosWithin(catalog, wanted))).toEqual(expected)
      for (const most of [0, 3, 9, 40]) {
        const few = fewWithin(catalog, wanted, most)
        if (few) expect(sorted(few)).toEqual(expected)
        // Of forty photos every album and every folder has at most so many; times cannot stop early.
        else expect(most < 40 || (wanted.album === undefined && wanted.folder === undefined)).toBe(true)
      }
    })
    fc.assert(property, { numRuns: 200 })
  })
})
