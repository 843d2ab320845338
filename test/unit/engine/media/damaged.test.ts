import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeForNetwork, decodePhoto, renderImage } from '../../../../electron/engine/media/decode.ts'
import type { DamageKind } from '../../../../electron/shared/damage.ts'
import { casesFolder } from '../../../support/cases.ts'
import {
  closedAt,
  CUT_HEIGHT,
  CUT_WIDTH,
  cutAt,
  cutPicture,
  jpegWithRestarts,
  partedTiff,
  zerosFrom,
} from '../../../support/cut-files.ts'
import { codeOf } from '../scratch.ts'

const NETWORK = 32
/** By how much a share may differ: a row of blocks, and rows take more or fewer bytes. */
const NEAR = 0.1

const damageOf = async (bytes: Buffer): Promise<unknown> => (await decodePhoto(bytes, NETWORK)).damage

const missing = (share: number, kind: DamageKind = 'lower-part-missing'): object => ({
  kind,
  share: expect.toSatisfy((actual: number) => Math.abs(actual - share) < NEAR) as number,
})

/** Mean colour of rows of the network's pixels, from one share of its height to another. */
function meanOf(rgb: Uint8Array, from: number, to: number): number[] {
  const rows = rgb.subarray(Math.floor(from * NETWORK) * NETWORK * 3, Math.floor(to * NETWORK) * NETWORK * 3)
  return [0, 1, 2].map(
    c => rows.reduce((sum, value, n) => sum + (n % 3 === c ? value : 0), 0) / (rows.length / 3),
  )
}

const encoders: [string, (image: Sharp) => Sharp][] = [
  ['JPEG', image => image.jpeg({ quality: 90 })],
  ['JPEG as large as a photo', image => image.resize(960, 720).jpeg({ quality: 90 })],
  ['grey JPEG', image => image.greyscale().jpeg({ quality: 90 })],
  ['CMYK JPEG', image => image.toColourspace('cmyk').jpeg({ quality: 90 })],
  ['JPEG in Display P3', image => image.withIccProfile('p3').jpeg({ quality: 90 })],
  ['PNG', image => image.png()],
  ['transparent PNG', image => image.ensureAlpha(0.9).png()],
  ['GIF', image => image.gif()],
]

describe('cut off', () => {
  test.each(encoders)('%s: what is there is shown, and how much is missing is said', async (name, encode) => {
    const whole = await encode(cutPicture()).toBuffer()
    expect(await damageOf(whole)).toBeUndefined()
    for (const share of name.startsWith('JPEG') ? [0.3, 0.5, 0.9] : [0.5])
      expect(await damageOf(cutAt(whole, share))).toEqual(missing(1 - share))
    expect(await codeOf(() => damageOf(cutAt(whole, 0.06)))).toBe('truncated-image')
    const { width, height } = await decodePhoto(cutAt(whole, 0.5), NETWORK)
    expect(width / height).toBeCloseTo(CUT_WIDTH / CUT_HEIGHT, 2)
    if (!name.startsWith('JPEG')) return
    expect(await damageOf(closedAt(whole, 0.5))).toEqual(missing(0.5))
    expect(await damageOf(zerosFrom(whole, 0.5))).toEqual(missing(0.5))
  })

  test('a JPEG without its end marker alone is whole', async () => {
    const jpegs = [
      await cutPicture().jpeg().toBuffer(),
      await cutPicture().jpeg({ progressive: true }).toBuffer(),
      await cutPicture().resize(960, 720).jpeg().toBuffer(),
    ]
    for (const jpeg of jpegs) {
      const whole = await decodePhoto(jpeg, NETWORK)
      for (const odd of [
        jpeg.subarray(0, -2),
        jpeg.subarray(0, -1),
        Buffer.concat([jpeg, Buffer.alloc(999)]),
      ]) {
        const photo = await decodePhoto(odd, NETWORK)
        expect(photo.damage).toBeUndefined()
        expect(photo.network).toEqual(whole.network)
        expect((await sharp(photo.thumbnail, { failOn: 'warning' }).stats()).isOpaque).toBe(true)
      }
    }
  })

  test('a JPEG with restart markers', async () => {
    const jpeg = jpegWithRestarts()
    expect(await damageOf(jpeg)).toBeUndefined()
    expect(await damageOf(jpeg.subarray(0, -2))).toBeUndefined()
    for (const share of [0.3, 0.5, 0.9]) {
      expect(await damageOf(cutAt(jpeg, share))).toEqual(missing(1 - share))
      expect(await damageOf(closedAt(jpeg, share))).toEqual(missing(1 - share))
    }
  })

  test('a progressive JPEG is there all over, without its fine detail', async () => {
    const jpeg = await cutPicture().jpeg({ progressive: true }).toBuffer()
    expect(await damageOf(cutAt(jpeg, 0.6))).toEqual({ kind: 'detail-missing', share: 0 })
    expect(await damageOf(closedAt(jpeg, 0.6))).toBeUndefined()
  })

  test('a grey photo that is whole is not taken for a cut one', async () => {
    const ground = { create: { width: 320, height: 240, channels: 3 as const, background: '#808080' } }
    for (const jpeg of [
      await sharp(ground).jpeg().toBuffer(),
      await sharp(ground).resize(900).jpeg().toBuffer(),
    ])
      expect(await damageOf(jpeg)).toBeUndefined()
  })

  test.each([
    [1, 'lower-part-missing'],
    [3, 'upper-part-missing'],
    [6, 'left-part-missing'],
    [8, 'right-part-missing'],
  ] as const)(
    'names the side that is missing as the photo is shown (orientation %i)',
    async (orientation, kind) => {
      const jpeg = await cutPicture().jpeg().withMetadata({ orientation }).toBuffer()
      expect(await damageOf(cutAt(jpeg, 0.6))).toEqual(missing(0.4, kind))
      expect(await damageOf(closedAt(jpeg, 0.6))).toEqual(missing(0.4, kind))
      const tiff = partedTiff({ rows: 8, orientation }).bytes
      expect(await damageOf(cutAt(tiff, 0.6))).toEqual(missing(0.4, kind))
    },
  )

  test('the network sees what is there; the pictures show all', async () => {
    const jpeg = await cutPicture().resize(960, 720).jpeg({ quality: 90 }).toBuffer()
    const cut = cutAt(jpeg, 0.5)
    for (const { rgb } of [(await decodePhoto(cut, NETWORK)).network, await decodeForNetwork(cut, NETWORK)]) {
      // The lower end of what is there is half red and half blue; grey would be as much green.
      const [red, green, blue] = meanOf(rgb, 0.9, 1)
      expect(Math.min(red!, blue!) - green!).toBeGreaterThan(30)
    }
    for (const picture of [(await decodePhoto(cut, NETWORK)).thumbnail, await renderImage(cut, 400)]) {
      const { width, height } = await sharp(picture).metadata()
      expect([width, height]).toEqual([400, 300])
      const end = sharp(picture).extract({ left: 0, top: 280, width: 400, height: 20 }).raw()
      for (const value of await end.toBuffer()) expect(Math.abs(value - 128)).toBeLessThan(3)
    }
    const part = { x: 0.2, y: 0.1, width: 0.3, height: 0.2 }
    expect((await decodeForNetwork(cut, NETWORK, part)).rgb).toHaveLength(NETWORK * NETWORK * 3)
  })

  test('a PNG with a wrong sum is shown, with a warning', async () => {
    const png = await cutPicture().png().toBuffer()
    // The end of the last block of pixels, before the sum and the block that ends the file.
    png[png.length - 12 - 1]! ^= 0xff
    expect(await damageOf(png)).toEqual({ kind: 'data-damaged', share: 0 })
  })

  test.each<[string, (image: Sharp) => Sharp]>([
    ['interlaced PNG', image => image.png({ progressive: true })],
    ['WebP', image => image.webp()],
    ['AVIF', image => image.avif({ effort: 0 })],
    ['TIFF with its directory at the end', image => image.tiff()],
  ])('%s: refused, as nothing of it can be decoded', async (_, encode) => {
    const whole = await encode(cutPicture()).toBuffer()
    expect(['truncated-image', 'damaged-image']).toContain(await codeOf(() => damageOf(cutAt(whole, 0.6))))
  })
})

describe('TIFF of which parts are missing', () => {
  const deflate = deflateSync
  test.each([
    ['strips', { rows: 8 }],
    ['compressed strips', { rows: 8, deflate }],
    ['one strip', { rows: CUT_HEIGHT }],
    ['tiles', { rows: 16, isTiled: true }],
    ['compressed tiles', { rows: 16, isTiled: true, deflate }],
  ])('%s: cut off', async (_, options) => {
    const { bytes } = partedTiff(options)
    expect(await damageOf(bytes)).toBeUndefined()
    for (const share of [0.3, 0.5, 0.9]) {
      const { damage, network } = await decodePhoto(cutAt(bytes, share), NETWORK)
      expect(damage).toEqual(missing(1 - share))
      const [red, , blue] = meanOf(network.rgb, 0, 0.1)
      expect(red! - blue!).toBeGreaterThan(100)
    }
    expect(await codeOf(() => damageOf(cutAt(bytes, 0.07)))).toBe('truncated-image')
  })

  test.each([
    ['never written', (bytes: Buffer, offset: number) => bytes.fill(0, offset, offset + 64)],
    ['written nowhere', (bytes: Buffer, offset: number) => setOffset(bytes, offset, 0)],
    ['written beyond the end', (bytes: Buffer, offset: number) => setOffset(bytes, offset, 0x7fffffff)],
  ])('a tile in the middle that was %s', async (_, spoil) => {
    const { bytes, parts } = partedTiff({ rows: 64, isTiled: true, deflate })
    spoil(bytes, parts[7]!.offset)
    // 20 tiles; those of the last row hold 48 of 64 rows.
    expect(await damageOf(bytes)).toEqual({
      kind: 'pieces-missing',
      share: expect.closeTo(64 / 240 / 5, 2) as number,
    })
  })

  /** Changes where the table of offsets says that a part stands. */
  function setOffset(bytes: Buffer, from: number, to: number): void {
    const old = Buffer.alloc(4)
    old.writeUInt32LE(from)
    bytes.writeUInt32LE(to, bytes.indexOf(old))
  }

  const folder = casesFolder && join(casesFolder, 'tiff-half')
  test.skipIf(!folder || !existsSync(folder)).each([
    ['tile-deflate', undefined],
    ['tile-deflate-cut50', missing(0.56)],
    ['strip-deflate-cut50', missing(0.68)],
  ])('%s of the cases', async (name, damage) => {
    const bytes = readFileSync(join(folder!, `${name}.tif`))
    expect(await damageOf(bytes)).toEqual(damage)
  })
})

describe('JPEGs of the cases', () => {
  const folder = casesFolder && join(casesFolder, 'jpeg-tail')
  test.skipIf(!folder || !existsSync(folder)).each([
    ['j00-ref', undefined],
    ['j03-cut-plus-mp4', missing(0.52)],
    ['j04-missing-eoi-only', undefined],
    ['j05-missing-last-10', undefined],
  ])('%s', async (name, damage) => {
    expect(await damageOf(readFileSync(join(folder!, `${name}.jpg`)))).toEqual(damage)
  })
})
