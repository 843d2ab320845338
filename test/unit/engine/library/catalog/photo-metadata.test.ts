import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import type { FileDate, PhotoMetadata } from '../../../../../electron/engine/library/rows.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { Scratch, stamp } from '../../scratch.ts'

const scratch = new Scratch()

function put(catalog: Catalog, path: string, metadata: PhotoMetadata, date: FileDate | null = null): PhotoId {
  const traits = {
    format: 'JPEG',
    width: 3,
    height: 2,
    averageColor: 0,
    metadata,
    perceptualHash: Buffer.alloc(8),
  }
  const hash = createHash('sha256').update(path).digest()
  const photoId = catalog.photos.record(hash, 1, traits, PIPELINE_VERSION, 0)
  catalog.files.record(path, stamp, { state: 'present', photoId }, PIPELINE_VERSION, date)
  return photoId
}

const taken = { text: '2019-07-01T12:34:56', precision: 'second', from: 'EXIF DateTimeOriginal' } as const

test('what is known of a photo comes back as it was', () => {
  const catalog = scratch.catalog()
  const metadata: PhotoMetadata = {
    taken: { ...taken, subseconds: '045', offset: '+02:00' },
    latitude: -33.5,
    longitude: 151.2,
    camera: 'Größe',
    keywords: ['Wald', 'Fluß'],
  }
  const id = put(catalog, '/a.jpg', metadata)
  expect(catalog.photos.facts(id)?.metadata).toEqual(metadata)
  const [date] = catalog.photos.grid().dates
  expect(date).toBe(Date.UTC(2019, 6, 1, 12, 34, 56, 45))
  put(catalog, '/a.jpg', {})
  expect(catalog.photos.facts(id)?.metadata).toEqual({})
})

test('photos without a date have that of a file: a name counts more than a folder, that more than a time', () => {
  const catalog = scratch.catalog()
  const date = (day: number, from: FileDate['from']): FileDate => ({
    millis: Date.UTC(2020, 0, day),
    precision: 'day',
    from,
  })
  const id = put(catalog, '/a.jpg', {}, date(1, 'file time'))
  const record = (path: string, day: number, from: FileDate['from']): void =>
    catalog.files.record(path, stamp, { state: 'present', photoId: id }, PIPELINE_VERSION, date(day, from))
  const shown = (): number => (catalog.photos.grid().dates[0]! - Date.UTC(2020, 0, 1)) / 86_400_000 + 1
  record('/b.jpg', 2, 'file time')
  expect(shown()).toBe(1)
  record('/c/b.jpg', 7, 'folder name')
  expect(shown()).toBe(7)
  record('/20200120.jpg', 20, 'file name')
  expect(shown()).toBe(20)
  expect(catalog.photos.facts(id)?.fileDate).toEqual(date(20, 'file name'))
  expect([
    ...catalog.filtered.all({ takenFrom: Date.UTC(2020, 0, 20), takenBefore: Date.UTC(2020, 0, 21) }),
  ]).toEqual([id])
})

test('files of an earlier catalog have their time of change', () => {
  const catalog = scratch.catalog()
  const id = put(catalog, '/a.jpg', {})
  expect(catalog.photos.facts(id)?.fileDate).toEqual({ millis: 1, precision: 'second', from: 'file time' })
})

test('only dates to the second tell bursts', () => {
  const catalog = scratch.catalog()
  const exact = put(catalog, '/a.jpg', { taken })
  const rough = put(catalog, '/b.jpg', { taken: { ...taken, precision: 'day' } })
  expect(catalog.trainings.photo(exact)?.takenAt).toBe(Date.UTC(2019, 6, 1, 12, 34, 56))
  expect(catalog.trainings.photo(rough)?.takenAt).toBeNull()
})
