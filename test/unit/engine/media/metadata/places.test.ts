import { describe, expect, test } from 'vitest'
import { placeAt, Places } from '../../../../../electron/engine/media/metadata/places.ts'
import { readPhotoMetadata } from '../../../../../electron/engine/media/metadata/read-metadata.ts'
import { ascii, exifBlock, rational } from '../../../../support/metadata-blocks.ts'

interface City {
  readonly name: string
  readonly latitude: number
  readonly longitude: number
}

/** A list of cities in the form of exiftool's, all in one country and time zone. */
function cityList(...cities: City[]): Buffer {
  const rows = cities.map(({ name, latitude, longitude }) => {
    const [lat, lon] = [
      Math.round(((latitude + 90) * 2 ** 20) / 180),
      Math.round(((longitude + 180) * 2 ** 20) / 360),
    ]
    const head = Buffer.alloc(13)
    head.writeUInt16BE(lat >> 4, 0)
    head[2] = ((lat & 15) << 4) | (lon & 15)
    head.writeUInt16BE(lon >> 4, 3)
    head.writeUInt32BE(1, 5)
    return Buffer.concat([head, Buffer.from(`${name}\n`)])
  })
  const end = Buffer.from('\0\0\0\0\n')
  return Buffer.concat([
    Buffer.from(`Geolocation1.02\t${cities.length}\n# made by a test\n`),
    ...rows,
    end,
    Buffer.from('NLNetherlands\n'),
    end,
    Buffer.from('Nowhere\nZeeland\n'),
    end,
    Buffer.from('\n'),
    end,
    Buffer.from('Europe/Amsterdam\n'),
    end,
  ])
}

describe('the nearest city', () => {
  const places = new Places(
    cityList(
      { name: 'Vlissingen', latitude: 51.44, longitude: 3.57 },
      { name: 'Middelburg', latitude: 51.5, longitude: 3.61 },
      { name: 'Far East', latitude: 10, longitude: 179.95 },
      { name: 'Far North', latitude: 89.9, longitude: 10 },
    ),
  )

  test('is named with region, country, distance and time zone', () => {
    expect(places.nearest(51.49, 3.6)).toEqual({
      city: 'Middelburg',
      region: 'Zeeland',
      country: 'Netherlands',
      countryCode: 'NL',
      kilometres: expect.closeTo(1.3, 0) as number,
      timeZone: 'Europe/Amsterdam',
    })
  })

  test('is found beyond the date line and beside the pole', () => {
    expect(places.nearest(10, -179.95)?.city).toBe('Far East')
    expect(places.nearest(89.9, -170)?.city).toBe('Far North')
  })

  test('is none at sea', () => {
    expect(places.nearest(52.5, 3.5)).toBeUndefined()
    expect(places.nearest(0, -30)).toBeUndefined()
    expect(places.nearest(-90, 0)).toBeUndefined()
  })

  test('is not read from another file', () => {
    expect(() => new Places(Buffer.from('something else\n'))).toThrow('no list of cities')
    const whole = cityList({ name: 'Vlissingen', latitude: 51.44, longitude: 3.57 })
    expect(() => new Places(whole.subarray(0, 55))).toThrow()
  })
})

test('the list that is installed knows the cities of the world', () => {
  expect(placeAt(48.8584, 2.2945)).toMatchObject({ country: 'France', timeZone: 'Europe/Paris' })
  expect(placeAt(-33.86, 151.2)).toMatchObject({ country: 'Australia', region: 'New South Wales' })
  expect(placeAt(0, -30)).toBeUndefined()
})

test('a photo has its place, and its time of GPS by the clocks there', () => {
  const block = exifBlock({
    gps: [
      ascii(1, 'N'),
      rational(2, 28, 1, 36, 1, 50, 1),
      ascii(3, 'E'),
      rational(4, 77, 1, 12, 1, 32, 1),
      rational(7, 20, 1, 30, 1, 15, 1),
      ascii(29, '2018:03:04'),
    ],
  })
  const { place, taken } = readPhotoMetadata(block, {})
  expect(place?.country).toBe('India')
  expect(taken).toEqual({
    text: '2018-03-05T02:00:15',
    offset: '+05:30',
    precision: 'second',
    from: 'EXIF GPSDateStamp',
  })
})
