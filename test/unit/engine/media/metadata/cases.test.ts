import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { PhotoMetadata, Taken } from '../../../../../electron/engine/library/rows.ts'
import { dateInName } from '../../../../../electron/engine/media/metadata/name-date.ts'
import { readPhotoMetadata } from '../../../../../electron/engine/media/metadata/read-metadata.ts'
import { casesFolder } from '../../../../support/cases.ts'

async function read(name: string): Promise<PhotoMetadata> {
  const file = readFileSync(join(casesFolder!, name))
  return readPhotoMetadata(file, await sharp(file).metadata())
}

const noon = '2019-07-01T12:34:56'

describe.skipIf(!casesFolder)('collected files: dates', () => {
  test.each<[string, string, Partial<Taken>?]>([
    ['dates-lost/a00-good.jpg', noon],
    ['dates-lost/a01-two-nuls.jpg', noon],
    ['dates-lost/a03-trailing-space.jpg', noon],
    ['dates-lost/a04-iso.jpg', noon, { offset: '+02:00' }],
    ['dates-lost/a06-subsec-appended.jpg', noon, { subseconds: '123' }],
    ['dates-lost/a07-dashes.jpg', noon],
    ['dates-lost/a09-no-seconds.jpg', '2019-07-01T12:34:00', { precision: 'minute' }],
    ['dates-lost/a10-date-only.jpg', '2019-07-01T00:00:00', { precision: 'day' }],
    ['dates-lost/a11-space-padded-hour.jpg', '2019-07-01T09:34:56'],
    ['dates-lost/a20-1850.jpg', '1850-06-01T12:00:00'],
    ['dates-lost/a26-type7.jpg', noon],
    ['dates-lost/c7-bad-dto-good-modify.jpg', '2008-05-23T15:54:59'],
    ['dates-lost/d2-utf8-make.jpg', noon],
    [
      'dates-elsewhere/c1-gps-date-only.jpg',
      '2018-03-04T08:30:15',
      { offset: 'Z', from: 'EXIF GPSDateStamp' },
    ],
    ['dates-elsewhere/c2-xmp-only.jpg', '2017-02-03T04:05:06', { from: 'XMP exif:DateTimeOriginal' }],
    [
      'dates-elsewhere/c3-xmp-datecreated.jpg',
      '1974-06-15T00:00:00',
      { from: 'XMP photoshop:DateCreated', precision: 'day' },
    ],
    [
      'dates-elsewhere/c4-iptc-only.jpg',
      '1974-06-15T10:15:00',
      { from: 'IPTC DateCreated', offset: '+01:00' },
    ],
    ['tiff-png-metadata/png-creation-time.png', noon, { from: 'PNG Creation Time' }],
    ['tiff-png-metadata/png-eXIf-works.png', noon],
    ['tiff-png-metadata/png-raw-profile-exif.png', noon],
    ['tiff-png-metadata/tiff-with-exif-and-gps.tif', noon],
  ])('%s', async (name, text, more = {}) => {
    const { taken } = await read(name)
    expect(taken).toEqual({ precision: 'second', from: 'EXIF DateTimeOriginal', ...more, text })
  })

  test.each([
    'dates-invented/a12-second-70.jpg',
    'dates-invented/a13-hour-24.jpg',
    'dates-invented/a15-month-0.jpg',
    'dates-invented/a16-month-13.jpg',
    'dates-invented/a17-99.jpg',
  ])('%s has none', async name => {
    const metadata = await read(name)
    expect(metadata).not.toHaveProperty('taken')
    expect(metadata.camera).toMatch(/^Acme/)
  })

  test('dates-elsewhere/f2-whatsapp-IMG-20190701-WA0001.jpg has one in its name', async () => {
    const name = 'f2-whatsapp-IMG-20190701-WA0001.jpg'
    expect(await read(join('dates-elsewhere', name))).not.toHaveProperty('taken')
    expect(dateInName(name)?.text).toBe('2019-07-01T00:00:00')
  })
})

describe.skipIf(!casesFolder)('collected files: places and cameras', () => {
  test.each([
    ['gps/e0-gps-good.jpg', -33.858333, 151.2],
    ['gps/e1-gps-ref-two-nul.jpg', -33.858333, -70],
    ['tiff-png-metadata/png-eXIf-works.png', -33.5, 151.2],
    ['tiff-png-metadata/tiff-with-exif-and-gps.tif', -33.5, 151.2],
  ])('%s', async (name, latitude, longitude) => {
    const metadata = await read(name)
    expect(metadata.latitude).toBeCloseTo(latitude, 5)
    expect(metadata.longitude).toBeCloseTo(longitude, 5)
  })

  test('dates-lost/d2-utf8-make.jpg', async () => {
    expect((await read('dates-lost/d2-utf8-make.jpg')).camera).toMatch(/^Größe/)
  })
})
