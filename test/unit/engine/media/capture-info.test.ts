import sharp, { type Exif } from 'sharp'
import { describe, expect, test } from 'vitest'
import { readCaptureInfo } from '../../../../electron/engine/media/capture-info.ts'
import { decodePhoto } from '../../../../electron/engine/media/decode.ts'
import type { CaptureInfo } from '../../../../electron/engine/library/rows.ts'

const nothing: CaptureInfo = { takenAt: null, camera: null, latitude: null, longitude: null }

async function captured(exif: Exif): Promise<CaptureInfo> {
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
    .withExif(exif)
    .jpeg()
    .toBuffer()
  return (await decodePhoto(bytes, 16)).capture
}

describe('capture info', () => {
  test('is time, camera and place', async () => {
    const info = await captured({
      IFD0: { Make: 'Canon', Model: 'EOS R5', DateTime: '2024:01:01 00:00:00' },
      IFD2: { DateTimeOriginal: '2023:07:14 18:30:05', DateTimeDigitized: '2023:07:15 00:00:00' },
      IFD3: {
        GPSLatitudeRef: 'S',
        GPSLatitude: '33/1 51/1 3000/100',
        GPSLongitudeRef: 'E',
        GPSLongitude: '151/1 12/1 3600/100',
      },
    })
    expect(info).toEqual({
      takenAt: Date.UTC(2023, 6, 14, 18, 30, 5),
      camera: 'Canon EOS R5',
      latitude: expect.closeTo(-(33 + 51 / 60 + 30 / 3600), 6) as number,
      longitude: expect.closeTo(151 + 12 / 60 + 36 / 3600, 6) as number,
    })
  })

  test.each<[string, Exif, Partial<CaptureInfo>]>([
    [
      'a west longitude',
      { IFD3: { GPSLongitudeRef: 'W', GPSLongitude: '70/1 30/1 0/1' } },
      { longitude: -70.5 },
    ],
    ['a place that is none', { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '91/1 0/1 0/1' } }, {}],
    ['a division by zero', { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '10/0 0/1 0/1' } }, {}],
    [
      'a model that repeats its maker',
      { IFD0: { Make: 'Nikon', Model: 'NIKON D90' } },
      { camera: 'NIKON D90' },
    ],
    ['a maker only', { IFD0: { Make: 'Apple' } }, { camera: 'Apple' }],
    ['a model only', { IFD0: { Model: 'Pixel 8' } }, { camera: 'Pixel 8' }],
    ['blank names', { IFD0: { Make: '  ', Model: ' ' } }, {}],
    ['padded names', { IFD0: { Make: 'OLYMPUS  ', Model: 'E-M1  ' } }, { camera: 'OLYMPUS E-M1' }],
    [
      'only the time of digitising',
      { IFD2: { DateTimeDigitized: '2001:02:03 04:05:06' } },
      { takenAt: Date.UTC(2001, 1, 3, 4, 5, 6) },
    ],
    [
      'only the time of the file',
      { IFD0: { DateTime: '1999:12:31 23:59:59' } },
      { takenAt: Date.UTC(1999, 11, 31, 23, 59, 59) },
    ],
    ['a time that is no time', { IFD2: { DateTimeOriginal: 'yesterday, at noon.' } }, {}],
    ['nothing of interest', { IFD0: { Software: 'paint' } }, {}],
  ])('may be %s', async (_, exif, expected) => {
    expect(await captured(exif)).toEqual({ ...nothing, ...expected })
  })

  test('falls back to the next time where the first is none', async () => {
    const info = await captured({
      IFD0: { DateTime: '2020:05:05 05:05:05' },
      IFD2: { DateTimeOriginal: 'unknown' },
    })
    expect(info.takenAt).toBe(Date.UTC(2020, 4, 5, 5, 5, 5))
  })

  test('is no time where the clock was never set', async () => {
    expect((await captured({ IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } })).takenAt).toBeNull()
  })

  test('is as good as absent where it is damaged', async () => {
    const exif = Buffer.from('Exif\0\0II*\0\x08\0\0\0\xff\xffrubbish', 'latin1')
    const metadata = await sharp({
      create: { width: 8, height: 8, channels: 3, background: '#888' },
    }).metadata()
    expect(readCaptureInfo({ ...metadata, exif })).toEqual(nothing)
    for (let length = 0; length < exif.length; length++)
      expect(readCaptureInfo({ ...metadata, exif: exif.subarray(0, length) })).toEqual(nothing)
    expect(readCaptureInfo(metadata)).toEqual(nothing)
  })
})
