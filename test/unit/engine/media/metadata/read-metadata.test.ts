import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { PhotoMetadata, Taken } from '../../../../../electron/engine/library/rows.ts'
import { readPhotoMetadata } from '../../../../../electron/engine/media/metadata/read-metadata.ts'
import { readSources } from '../../../../../electron/engine/media/metadata/sources.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import {
  ascii,
  exifBlock,
  exifSegment,
  iptcSegment,
  jpegWith,
  pngWith,
  profileChunk,
  rational,
  short,
  textChunk,
  xmpArray,
  xmpPacket,
  xmpSegment,
  type Directories,
} from '../../../../support/metadata-blocks.ts'

const read = async (file: Buffer): Promise<PhotoMetadata> =>
  readPhotoMetadata(file, await sharp(file).metadata())
const ofExif = async (directories: Directories): Promise<PhotoMetadata> =>
  read(await jpegWith(exifSegment(directories)))

const ORIGINAL = 0x9003
const DIGITISED = 0x9004
const CHANGED = 0x0132
const noon: Taken = { text: '2019-07-01T12:34:56', precision: 'second', from: 'EXIF DateTimeOriginal' }

describe('the date of a photo', () => {
  test.each<[string, Directories, Partial<Taken>]>([
    ['is the original one', { photo: [ascii(ORIGINAL, '2019:07:01 12:34:56')] }, {}],
    ['may end with two NULs', { photo: [ascii(ORIGINAL, '2019:07:01 12:34:56\0')] }, {}],
    ['may be of type UNDEFINED', { photo: [ascii(ORIGINAL, '2019:07:01 12:34:56', 7)] }, {}],
    ['may be of type BYTE', { photo: [ascii(ORIGINAL, '2019:07:01 12:34:56', 1)] }, {}],
    ['may lie in the directory of the picture', { image: [ascii(ORIGINAL, '2019:07:01 12:34:56')] }, {}],
    [
      'has fractions and zone in tags of their own',
      {
        photo: [
          ascii(ORIGINAL, '2019:07:01 12:34:56'),
          ascii(0x9291, '045 '),
          ascii(0x9011, '+02:00'),
          ascii(0x9012, '-09:00'),
        ],
      },
      { subseconds: '045', offset: '+02:00' },
    ],
    [
      'is that of digitising where there is none of capture',
      { photo: [ascii(ORIGINAL, '    :  :     :  :  '), ascii(DIGITISED, '2001:02:03 04:05:06')] },
      { text: '2001-02-03T04:05:06', from: 'EXIF DateTimeDigitized' },
    ],
    [
      'is that of the last change where there is no other',
      { image: [ascii(CHANGED, '1999:12:31 23:59:59')], photo: [ascii(ORIGINAL, '2003:13:01 00:00:00')] },
      { text: '1999-12-31T23:59:59', from: 'EXIF DateTime' },
    ],
    [
      'is that of GPS rather than of the last change',
      {
        image: [ascii(CHANGED, '2023:12:31 23:59:59')],
        gps: [rational(7, 8, 1, 30, 1, 1599, 100), ascii(29, '2018:03:04')],
      },
      { text: '2018-03-04T08:30:15', offset: 'Z', from: 'EXIF GPSDateStamp' },
    ],
    [
      'of GPS may have no time',
      { gps: [ascii(29, '2018:03:04')] },
      { text: '2018-03-04T00:00:00', precision: 'day', from: 'EXIF GPSDateStamp' },
    ],
    [
      'may be older than 1900',
      { photo: [ascii(ORIGINAL, '1850:06:01 12:00:00')] },
      { text: '1850-06-01T12:00:00' },
    ],
  ])('%s', async (_, directories, expected) => {
    expect((await ofExif(directories)).taken).toEqual({ ...noon, ...expected })
  })

  test('is in no time zone of this process', async () => {
    const file = await jpegWith(exifSegment({ photo: [ascii(ORIGINAL, '2019:03:31 02:30:00')] }))
    const before = process.env.TZ
    try {
      for (const zone of ['America/New_York', 'Asia/Kolkata', 'Europe/Berlin']) {
        process.env.TZ = zone
        expect((await read(file)).taken?.text).toBe('2019-03-31T02:30:00')
      }
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })

  test('is not known to the second where only a day is written', async () => {
    const found = await ofExif({ photo: [ascii(ORIGINAL, '2019:07:01'), ascii(0x9291, '12')] })
    expect(found.taken).toEqual({ ...noon, text: '2019-07-01T00:00:00', precision: 'day' })
  })

  test('may lie in the second of two blocks', async () => {
    const first = exifSegment({ image: [ascii(0x010f, 'Acme')] })
    const second = exifSegment({
      image: [ascii(0x010f, 'Other')],
      photo: [ascii(ORIGINAL, '2019:07:01 12:34:56')],
    })
    expect(await read(await jpegWith(first, second))).toEqual({ taken: noon, camera: 'Acme' })
  })

  test('is none where all are impossible', async () => {
    for (const text of ['9999:99:99 99:99:99', '0000:00:00 00:00:00', '2017:08:21 24:00:00', 'unknown'])
      expect((await ofExif({ photo: [ascii(ORIGINAL, text)] })).taken, text).toBeUndefined()
  })

  test('may be in XMP, as attribute or element', async () => {
    const packets = [
      xmpPacket({ 'exif:DateTimeOriginal': '2017-02-03T04:05:06.78+01:00' }),
      xmpPacket(
        { 'xmp:CreateDate': '2020-01-01' },
        '<exif:DateTimeOriginal>2017-02-03T04:05:06.78+01:00</exif:DateTimeOriginal>',
      ),
    ]
    for (const packet of packets)
      expect((await read(await jpegWith(xmpSegment(packet)))).taken).toEqual({
        text: '2017-02-03T04:05:06',
        subseconds: '78',
        offset: '+01:00',
        precision: 'second',
        from: 'XMP exif:DateTimeOriginal',
      })
    const scanned = xmpPacket({ 'photoshop:DateCreated': '1974-06', 'xmp:CreateDate': '2020-01-01T00:00:00' })
    expect((await read(await jpegWith(xmpSegment(scanned)))).taken).toEqual({
      text: '1974-06-01T00:00:00',
      precision: 'month',
      from: 'XMP photoshop:DateCreated',
    })
  })

  test('may be in IPTC, with or without a time', async () => {
    const dates = [
      [
        [
          [55, '19740615'],
          [60, '101500+0100'],
        ],
        { text: '1974-06-15T10:15:00', offset: '+01:00', precision: 'second' },
      ],
      [[[55, '19740615']], { text: '1974-06-15T00:00:00', precision: 'day' }],
      [[[55, '19740600']], { text: '1974-06-01T00:00:00', precision: 'month' }],
      [
        [
          [55, '19740000'],
          [60, '000000'],
        ],
        { text: '1974-01-01T00:00:00', precision: 'year' },
      ],
    ] as const
    for (const [sets, expected] of dates)
      expect((await read(await jpegWith(iptcSegment(...sets)))).taken).toEqual({
        ...expected,
        from: 'IPTC DateCreated',
      })
  })

  test('may be in a PNG: its chunk, a profile of ImageMagick, or a text', async () => {
    const block = exifBlock({ photo: [ascii(ORIGINAL, '2019:07:01 12:34:56')] })
    expect((await read(await pngWith(['eXIf', block]))).taken).toEqual(noon)
    expect((await read(await pngWith(profileChunk('exif', block)))).taken).toEqual(noon)
    const app1 = Buffer.concat([Buffer.from('Exif\0\0'), block])
    expect((await read(await pngWith(profileChunk('APP1', app1)))).taken).toEqual(noon)
    const words = pngWith(
      textChunk('date:create', '2026-11-26T01:29:29+00:00'),
      textChunk('Creation Time', '1 Jul 2019'),
    )
    expect((await read(await words)).taken).toEqual({
      text: '2019-07-01T00:00:00',
      precision: 'day',
      from: 'PNG Creation Time',
    })
    const xmp = Buffer.from(
      `XML:com.adobe.xmp\0\0\0\0\0${xmpPacket({ 'exif:DateTimeOriginal': '2019-07-01T12:34:56' })}`,
    )
    expect((await read(await pngWith(['iTXt', xmp]))).taken?.from).toBe('XMP exif:DateTimeOriginal')
  })

  test('may be in a TIFF', async () => {
    const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
      .withExif({ IFD0: { Make: 'Acme' }, IFD2: { DateTimeOriginal: '2019:07:01 12:34:56' } })
      .tiff()
      .toBuffer()
    // The codec that writes it leaves the directories out that another program would have written.
    const block = exifBlock({ photo: [ascii(ORIGINAL, '2019:07:01 12:34:56')] })
    expect(readPhotoMetadata(block, {}).taken).toEqual(noon)
    expect(() => readPhotoMetadata(plain, {})).not.toThrow()
  })
})

describe('the place of a photo', () => {
  const gps = (latitude: number[], south: string, longitude: number[], west: string): Directories => ({
    gps: [ascii(1, south), rational(2, ...latitude), ascii(3, west), rational(4, ...longitude)],
  })
  test.each<[string, Directories, [number, number] | undefined]>([
    [
      'degrees, minutes, seconds',
      gps([33, 1, 51, 1, 3000, 100], 'S', [151, 1, 12, 1, 3600, 100], 'E'),
      [-33.858333, 151.21],
    ],
    ['two NULs', gps([33, 1, 0, 1, 0, 1], 'S\0\0', [70, 1, 0, 1, 0, 1], 'W\0'), [-33, -70]],
    ['small letters', gps([33, 1, 0, 1, 0, 1], 's', [70, 1, 30, 1, 0, 1], 'w'), [-33, -70.5]],
    ['words', gps([33, 1, 0, 1, 0, 1], 'South', [70, 1, 30, 1, 0, 1], 'West'), [-33, -70.5]],
    [
      'decimal degrees',
      gps([338583, 10_000, 0, 0, 0, 0], 'S', [1_512_100, 10_000, 0, 0, 0, 0], 'E'),
      [-33.8583, 151.21],
    ],
    ['decimal degrees alone', gps([338583, 10_000], 'S', [1_512_100, 10_000], 'E'), [-33.8583, 151.21]],
    ['no such place', gps([91, 1, 0, 1, 0, 1], 'N', [10, 1, 0, 1, 0, 1], 'E'), undefined],
    ['a division by zero', gps([10, 0, 0, 1, 0, 1], 'N', [10, 1, 0, 1, 0, 1], 'E'), undefined],
    ['no reception', gps([0, 1, 0, 1, 0, 1], 'N', [0, 1, 0, 1, 0, 1], 'E'), undefined],
    ['half of it', { gps: [ascii(3, 'W'), rational(4, 70, 1, 30, 1, 0, 1)] }, undefined],
  ])('may be written with %s', async (_, directories, expected) => {
    const { latitude, longitude } = await ofExif(directories)
    if (!expected) expect([latitude, longitude]).toEqual([undefined, undefined])
    else {
      expect(latitude).toBeCloseTo(expected[0], 5)
      expect(longitude).toBeCloseTo(expected[1], 5)
    }
  })

  test('may be in XMP', async () => {
    for (const [latitude, longitude] of [
      ['33,51,30S', '151,12.6E'],
      ['-33.858333', '151.21'],
    ] as const) {
      const packet = xmpPacket({ 'exif:GPSLatitude': latitude, 'exif:GPSLongitude': longitude })
      const found = await read(await jpegWith(xmpSegment(packet)))
      expect(found.latitude).toBeCloseTo(-33.858333, 5)
      expect(found.longitude).toBeCloseTo(151.21, 5)
    }
  })
})

describe('camera and words', () => {
  test('are what EXIF says', async () => {
    const found = await ofExif({
      image: [
        ascii(0x010e, 'OLYMPUS DIGITAL CAMERA'),
        { ...ascii(0x010f, ''), bytes: Buffer.from('Größe\0') },
        ascii(0x0110, 'EOS R5'),
        short(0x0112, 6),
        ascii(0x0131, 'Firmware 1.2'),
        short(0x4746, 4),
        { tag: 0x9c9e, type: 1, bytes: Buffer.from('Wald;Fluß\0', 'utf16le') },
      ],
      photo: [
        rational(0x829a, 1, 250),
        rational(0x829d, 28, 10),
        short(0x8827, 400),
        short(0x9209, 0x19),
        rational(0x920a, 85, 1),
        short(0xa405, 128),
        ascii(0xa434, 'RF 85mm F1.2'),
      ],
    })
    expect(found).toEqual({
      camera: 'Größe EOS R5',
      orientation: 6,
      software: 'Firmware 1.2',
      rating: 4,
      keywords: ['Wald', 'Fluß'],
      exposureSeconds: 1 / 250,
      aperture: 2.8,
      iso: 400,
      flash: true,
      focalLength: 85,
      focalLength35: 128,
      lens: 'RF 85mm F1.2',
    })
  })

  test.each<[string, string | undefined, string | undefined, string | undefined]>([
    ['a model that repeats its maker', 'Nikon', 'NIKON D90', 'NIKON D90'],
    ['a model with the first word of its maker', 'NIKON CORPORATION', 'NIKON D3', 'NIKON D3'],
    ['a maker only', 'Apple', undefined, 'Apple'],
    ['a model only', undefined, 'Pixel 8', 'Pixel 8'],
    ['blank names', '  ', ' ', undefined],
    ['padded names', 'OLYMPUS  ', 'E-M1  ', 'OLYMPUS E-M1'],
  ])('the camera may be %s', async (_, make, model, camera) => {
    const image = [...(make ? [ascii(0x010f, make)] : []), ...(model ? [ascii(0x0110, model)] : [])]
    expect((await ofExif({ image })).camera).toBe(camera)
  })

  test('the lens may be known by its focal lengths, exposure by powers of two', async () => {
    const photo = [
      rational(0xa432, 18, 1, 55, 1, 35, 10, 56, 10),
      ascii(0xa434, '----'),
      rational(0x9202, 3, 1),
    ]
    const found = await ofExif({ photo })
    expect(found.lens).toBe('18–55 mm f/3.5–5.6')
    expect(found.aperture).toBeCloseTo(2.83, 2)
  })

  test('are what XMP says: keywords, those above them, title in the default language, rating', async () => {
    const packet = xmpPacket(
      { 'xmp:Rating': '5', 'aux:Lens': 'XF 35mm' },
      xmpArray('dc:subject', 'Bag', 'Owl', 'Fish &amp; chips', 'Owl') +
        xmpArray('lr:hierarchicalSubject', 'Bag', 'Animals|Birds|Owl') +
        `<dc:title><rdf:Alt><rdf:li xml:lang="de-DE">Eule</rdf:li><rdf:li xml:lang="x-default">An &#111;wl &#x1F989;</rdf:li></rdf:Alt></dc:title>` +
        xmpArray('dc:description', 'Alt', '<![CDATA[At <night> & by day]]>'),
    )
    expect(await read(await jpegWith(xmpSegment(packet)))).toEqual({
      lens: 'XF 35mm',
      rating: 5,
      keywords: ['Owl', 'Fish & chips'],
      keywordPaths: ['Animals|Birds|Owl'],
      title: 'An owl 🦉',
      caption: 'At <night> & by day',
    })
  })

  test('are what IPTC says', async () => {
    const sets = [
      [5, 'Eule'],
      [25, 'Vogel'],
      [25, 'Nacht'],
      [120, 'Größe'],
    ] as const
    expect(await read(await jpegWith(iptcSegment(...sets)))).toEqual({
      title: 'Eule',
      keywords: ['Vogel', 'Nacht'],
      caption: 'Größe',
    })
  })
})

describe('damaged or hostile blocks', () => {
  test('expand no entities and read no document types', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>${xmpPacket({ 'xmp:Rating': '5' })}`
    expect(await read(await jpegWith(xmpSegment(bomb)))).toEqual({})
    const unknown = xmpPacket({}, '<dc:title><rdf:Alt><rdf:li>&a;&amp;</rdf:li></rdf:Alt></dc:title>')
    expect((await read(await jpegWith(xmpSegment(unknown)))).title).toBe('&a;&')
  })

  test('cost little time however they are made', () => {
    const packet = (body: string): Buffer => Buffer.from(xmpPacket({ 'xmp:Rating': '3' }, body))
    const long = [
      `<dc:title ${'a'.repeat(2_000_000)}/>`,
      `<dc:title ${' '.repeat(2_000_000)}/>`,
      '<!--'.repeat(200_000),
      '<a>'.repeat(200_000),
      `<dc:subject><rdf:Bag>${'<rdf:li>x</rdf:li>'.repeat(50_000)}</rdf:Bag></dc:subject>`,
      '&#x'.repeat(500_000),
    ]
    const before = performance.now()
    for (const body of long) readPhotoMetadata(Buffer.alloc(0), { xmp: packet(body) })
    expect(performance.now() - before).toBeLessThan(3000)
  })

  test('say less, and throw nothing', async () => {
    const directories = {
      image: [ascii(0x010f, 'Acme'), short(0x0112, 1)],
      photo: [ascii(ORIGINAL, '2019:07:01 12:34:56'), rational(0x829a, 1, 250)],
      gps: [ascii(1, 'N'), rational(2, 10, 1, 0, 1, 0, 1), ascii(3, 'E'), rational(4, 10, 1, 0, 1, 0, 1)],
    }
    const block = exifBlock(directories)
    const files = [
      await jpegWith(
        exifSegment(directories),
        xmpSegment(xmpPacket({ 'xmp:Rating': '5' })),
        iptcSegment([5, 'a'], [55, '19740615']),
      ),
      await pngWith(['eXIf', block], profileChunk('exif', block), textChunk('Title', 'a')),
      block,
    ]
    const random = new Random(14)
    for (const file of files) {
      for (let length = 0; length < Math.min(file.length, 700); length++)
        readSources(file.subarray(0, length), {})
      for (let n = 0; n < 500; n++) {
        const damaged = Buffer.from(file)
        for (let change = 0; change < 4; change++)
          damaged[random.int(0, Math.min(file.length, 700) - 1)] = random.int(0, 255)
        readSources(damaged, {})
        readPhotoMetadata(damaged, {})
      }
    }
    const metadata = readPhotoMetadata(block, {})
    expect(metadata.taken).toEqual(noon)
  })

  test('may point to themselves or outside', () => {
    const block = exifBlock({ image: [{ tag: 0x8769, type: 4, bytes: Buffer.from([8, 0, 0, 0]) }] })
    expect(readPhotoMetadata(block, {})).toEqual({})
    const outside = exifBlock({ image: [{ tag: 0x8769, type: 4, bytes: Buffer.from([255, 255, 255, 255]) }] })
    expect(readPhotoMetadata(outside, {})).toEqual({})
  })
})
