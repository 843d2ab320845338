import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ByteSpan } from '../../../../../electron/engine/library/rows.ts'
import { readPhotoMetadata } from '../../../../../electron/engine/media/metadata/read-metadata.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { box } from '../../../../support/boxes.ts'
import { heicBytes } from '../../../../support/heic-files.ts'
import {
  directoryPacket,
  filmPlace,
  heicWithFilm,
  jpegBefore,
  microVideoPacket,
  samsungTrailer,
} from '../../../../support/motion-photos.ts'
import { makeVideo } from '../../../../support/videos.ts'

let film: Buffer
beforeAll(async () => {
  film = await makeVideo({ container: 'mp4', seconds: 1 })
})

const spanOf = async (file: Buffer): Promise<ByteSpan | undefined> =>
  readPhotoMetadata(file, await sharp(file).metadata()).film
async function filmOf(file: Buffer): Promise<Buffer | undefined> {
  const span = await spanOf(file)
  return span && file.subarray(span.start, span.start + span.length)
}

describe('the film of a motion photo', () => {
  test('follows the picture of a Pixel, by its offset from the end', async () => {
    expect(await filmOf(await jpegBefore(microVideoPacket(film.length), film))).toEqual(film)
  })

  test.each([false, true])('is an item of the directory, whatever else is in it (elements: %j)', async as => {
    const [gainMap, depth] = [Buffer.alloc(300, 1), Buffer.alloc(77, 2)]
    const items = [
      ['Primary', 0],
      ['GainMap', gainMap.length],
      ['MotionPhoto', film.length],
      ['Depth', depth.length],
    ] as const
    // Padding may stand between the picture and the first item.
    const file = await jpegBefore(directoryPacket(items, as), Buffer.alloc(40), gainMap, film, depth)
    expect(await filmOf(file)).toEqual(film)
  })

  test('is a block of Samsung’s trailer', async () => {
    const trailer = samsungTrailer(
      ['Image_UTC_Data', Buffer.from('1561984496000')],
      ['MotionPhoto_Data', film],
    )
    expect(await filmOf(await jpegBefore(undefined, trailer))).toEqual(film)
  })

  test('lies where a block of Samsung’s trailer says', async () => {
    const before = await jpegBefore(undefined)
    const trailer = samsungTrailer(['MotionPhoto_Data', filmPlace(before.length, film.length)])
    expect(await filmOf(Buffer.concat([before, film, trailer]))).toEqual(film)
  })

  test('is a box of a HEIC', async () => {
    expect(await filmOf(heicWithFilm(film))).toEqual(film)
    expect(await spanOf(heicBytes())).toBeUndefined()
  })
})

describe('there is none', () => {
  test.each([
    ['in a photo', async () => jpegBefore(undefined)],
    ['where only the words about it were kept', async () => jpegBefore(microVideoPacket(film.length))],
    ['where the directory lists none', async () => jpegBefore(directoryPacket([['Primary', 0]]), film)],
    [
      'where the file is cut off',
      async () => (await jpegBefore(microVideoPacket(film.length), film)).subarray(0, -100),
    ],
    ['in a HEIC that is cut off', async () => heicWithFilm(film).subarray(0, -100)],
    ['where something else is', async () => jpegBefore(microVideoPacket(500), Buffer.alloc(500, 3))],
    ['before the start', async () => jpegBefore(microVideoPacket(2 ** 52), film)],
    ['where the offset is no number', async () => jpegBefore(microVideoPacket(NaN), film)],
    ['that has no bytes', async () => jpegBefore(directoryPacket([['MotionPhoto', 0]]), film)],
    [
      'where a length is negative',
      async () =>
        jpegBefore(
          directoryPacket([
            ['MotionPhoto', film.length * 2],
            ['Depth', -film.length],
          ]),
          film,
        ),
    ],
    ['in a box that holds something else', async () => heicBytes({ after: box('mpvd', Buffer.alloc(64)) })],
  ])('%s', async (_, make) => {
    expect(await spanOf(await make())).toBeUndefined()
  })

  test('that is the whole HEIC', () => {
    const file = heicBytes()
    const xmp = Buffer.from(microVideoPacket(file.length))
    expect(readPhotoMetadata(file, { xmp }).film).toBeUndefined()
  })

  test('beyond the file, however its bytes are changed', async () => {
    const random = new Random('film-within')
    const files = [
      await jpegBefore(undefined, samsungTrailer(['MotionPhoto_Data', film], ['Other', Buffer.alloc(9)])),
      heicWithFilm(film),
      await jpegBefore(directoryPacket([['MotionPhoto', film.length]]), film),
    ]
    for (let n = 0; n < 600; n++) {
      const file = Buffer.from(files[n % files.length]!)
      // In the trailer and in the words, where the numbers are.
      for (let changes = 0; changes < 4; changes++) {
        const near = random.chance(0.5) ? file.length - random.int(1, 80) : random.int(0, 1200)
        file[Math.min(near, file.length - 1)] = random.int(0, 255)
      }
      const { film: span } = readPhotoMetadata(file, {})
      if (!span) continue
      expect(span.start).toBeGreaterThan(0)
      expect(span.start + span.length).toBeLessThanOrEqual(file.length)
      expect(file.toString('latin1', span.start + 4, span.start + 8)).toBe('ftyp')
    }
  })
})
