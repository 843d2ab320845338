import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeForNetwork, decodePhoto, renderImage } from '../../../../../electron/engine/media/decode.ts'
import { Libheif } from '../../../../../electron/engine/media/decoders/libheif.ts'
import { openImage } from '../../../../../electron/engine/media/decoders/open-image.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { damage } from '../../../../support/damage.ts'
import { HEIC_EDGE, heicBytes, heicQuarters, type HeicOptions } from '../../../../support/heic-files.ts'
import { tiffBytes } from '../../../../support/tiff-files.ts'
import { box, uint32 } from '../../../../support/boxes.ts'
import { codeOf } from '../../scratch.ts'

/** The quarter that is shown top left, top right, bottom left, bottom right. */
async function shownQuarters(bytes: Buffer): Promise<number[]> {
  const { size, rgb } = await decodeForNetwork(bytes, 32)
  return [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ].map(([x, y]) => {
    const at = (Math.floor(y! * size) * size + Math.floor(x! * size)) * 3
    const distances = heicQuarters.map(quarter =>
      Math.hypot(...quarter.map((value, channel) => value - rgb[at + channel]!)),
    )
    expect(Math.min(...distances)).toBeLessThan(12)
    return distances.indexOf(Math.min(...distances))
  })
}

/** The four quarters by a program that has nothing to do with this decoder. */
async function reference(): Promise<Buffer> {
  const half = HEIC_EDGE / 2
  const tile = ([r, g, b]: readonly number[]): Promise<Buffer> =>
    sharp({ create: { width: half, height: half, channels: 3, background: { r: r!, g: g!, b: b! } } })
      .png()
      .toBuffer()
  const inputs = await Promise.all(heicQuarters.map(tile))
  return sharp({ create: { width: HEIC_EDGE, height: HEIC_EDGE, channels: 3, background: '#000' } })
    .composite(inputs.map((input, n) => ({ input, left: (n % 2) * half, top: n > 1 ? half : 0 })))
    .removeAlpha()
    .raw()
    .toBuffer()
}

describe('HEIC', () => {
  test('is decoded as it was encoded', async () => {
    const photo = await decodePhoto(heicBytes(), HEIC_EDGE)
    expect([photo.format, photo.width, photo.height]).toEqual(['HEIC', HEIC_EDGE, HEIC_EDGE])
    const expected = await reference()
    const sum = photo.network.rgb.reduce((total, value, n) => total + Math.abs(value - expected[n]!), 0)
    expect(sum / expected.length).toBeLessThan(2)
  })

  test.each<[string, HeicOptions, number[]]>([
    ['as it is', {}, [0, 1, 2, 3]],
    ['turned by a quarter', { turns: 1 }, [1, 3, 0, 2]],
    ['turned by three quarters', { turns: 3 }, [2, 0, 3, 1]],
    ['mirrored', { mirrored: true }, [1, 0, 3, 2]],
  ])('is shown %s, whatever its EXIF says', async (_, options, quarters) => {
    const exif = tiffBytes([{ 0x0112: { short: [6] }, 0x0110: { ascii: 'Phone 9' } }])
    const bytes = heicBytes({ ...options, exif })
    expect(await shownQuarters(bytes)).toEqual(quarters)
    const photo = await decodePhoto(bytes, 16)
    expect([photo.width, photo.height, photo.metadata.camera]).toEqual([64, 64, 'Phone 9'])
  })

  test('of tiles is put together, and its sides are exchanged where it is turned', async () => {
    const upright = await decodePhoto(heicBytes({ grid: [3, 2] }), 32)
    expect([upright.width, upright.height]).toEqual([192, 128])
    const turned = await decodePhoto(heicBytes({ grid: [3, 2], turns: 1 }), 32)
    expect([turned.width, turned.height]).toEqual([128, 192])
    const { width, height } = await sharp(turned.thumbnail).metadata()
    expect([width, height]).toEqual([128, 192])
  })

  test('a thumbnail is taken where it suffices, else the picture', () => {
    const heif = new Libheif()
    const bytes = heicBytes({ grid: [8, 8], thumbnail: true })
    expect(heif.decode(bytes, 64).width).toBe(64)
    // Twice what is needed, by means of squares.
    expect(heif.decode(bytes, 65).width).toBe(170)
    expect(heif.decode(bytes, Infinity).width).toBe(512)
    // A damaged one is passed over.
    expect(heif.decode(heicBytes({ grid: [8, 8], damagedThumbnail: true }), 64).width).toBe(128)
    // One of another shape is not a copy of it.
    expect(heif.decode(heicBytes({ grid: [8, 4], thumbnail: true }), 64).width).toBe(256)
  })

  test('in Display P3 is brought to sRGB, by profile or by number', async () => {
    const { icc } = await sharp(
      await sharp(await renderImage(heicBytes(), 64))
        .withIccProfile('p3')
        .png()
        .toBuffer(),
    ).metadata()
    const plain = await decodeForNetwork(heicBytes(), 32)
    const redOf = (rgb: Uint8Array): number[] => [...rgb.subarray((8 * 32 + 8) * 3, (8 * 32 + 8) * 3 + 3)]
    const byProfile = redOf((await decodeForNetwork(heicBytes({ icc: icc! }), 32)).rgb)
    const byNumber = redOf((await decodeForNetwork(heicBytes({ nclx: [12, 13, 6] }), 32)).rgb)
    // Red of P3 is deeper than any of sRGB.
    expect(byProfile[0]! - redOf(plain.rgb)[0]!).toBeGreaterThan(8)
    expect(byNumber).toEqual(byProfile)
  })

  test('is rendered and cropped as any photo', async () => {
    const bytes = heicBytes({ grid: [2, 2] })
    const { width, format } = await sharp(await renderImage(bytes, 100)).metadata()
    expect([width, format]).toEqual([100, 'jpeg'])
    const crop = await decodeForNetwork(bytes, 8, { x: 0.02, y: 0.02, width: 0.2, height: 0.2 })
    expect(Math.abs(crop.rgb[0]! - heicQuarters[0][0])).toBeLessThan(8)
  })

  test('with a film behind it is whole; without the film it is shown, without its picture it is cut off', async () => {
    const film = box('mpvd', Buffer.alloc(3000, 7))
    const bytes = heicBytes({ after: film })
    expect((await decodePhoto(bytes, 16)).damage).toBeUndefined()
    for (const part of [0.5, 0.9, 0.999]) {
      const { damage: found } = await decodePhoto(bytes.subarray(0, bytes.length * part), 16)
      expect(found).toEqual({ kind: 'end-missing', share: 0 })
    }
    const single = heicBytes()
    expect(await codeOf(() => decodePhoto(single.subarray(0, single.length - 1), 16))).toBe('truncated-image')
  })

  test.each([
    [{}, 'lower-part-missing'],
    [{ turns: 1 }, 'right-part-missing'],
    [{ turns: 2 }, 'upper-part-missing'],
    [{ turns: 3 }, 'left-part-missing'],
    [{ turns: 1, mirrored: true }, 'left-part-missing'],
    [{ mirrored: true }, 'lower-part-missing'],
  ] as const)('of tiles %o: is shown as far as these are there', async (options, kind) => {
    const bytes = heicBytes({ grid: [2, 6], ...options })
    // 5 of its 12 tiles are missing, one of them partly.
    const tile = (bytes.length - bytes.indexOf('mdat') - 4 - 8) / 12
    const photo = await decodePhoto(bytes.subarray(0, bytes.length - Math.round(4.5 * tile)), 16)
    expect(photo.damage).toEqual({ kind, share: expect.closeTo(5 / 12) as number })
    // What the network sees are tiles with red, green, blue and yellow, and not the dark green of none.
    for (let at = 0; at < photo.network.rgb.length; at += 3)
      expect(Math.max(...photo.network.rgb.subarray(at, at + 3))).toBeGreaterThan(150)
    expect(
      await codeOf(() => decodePhoto(bytes.subarray(0, bytes.length - Math.round(11.5 * tile)), 16)),
    ).toBe('truncated-image')
  })

  test('whose items lie beyond its end is cut off', async () => {
    const bytes = heicBytes()
    // The box of the data reaches to the end, wherever that is.
    bytes.writeUInt32BE(0, bytes.indexOf('mdat') - 4)
    expect(await codeOf(() => decodePhoto(bytes, 16))).toBe('no error')
    expect(await codeOf(() => decodePhoto(bytes.subarray(0, bytes.length - 9), 16))).toBe('truncated-image')
  })

  test('damaged in any way: a photo, or a code', async () => {
    const random = new Random('heic')
    const originals = [heicBytes({ grid: [2, 2], thumbnail: true }), heicBytes({ exif: tiffBytes([{}]) })]
    const known = [
      'no error',
      'damaged-image',
      'truncated-image',
      'not-an-image',
      'unsupported-format',
      'too-many-pixels',
    ]
    for (let n = 0; n < 60; n++) {
      const bytes = damage(Buffer.from(random.pick(originals)), random)
      expect(known).toContain(await codeOf(() => decodePhoto(bytes, 16)))
    }
  })

  test('that claims too many pixels is refused before it is decoded', async () => {
    const bytes = heicBytes()
    const size = uint32(0, HEIC_EDGE, HEIC_EDGE)
    for (let at = bytes.indexOf(size); at >= 0; at = bytes.indexOf(size, at + 1))
      uint32(0, 30_000, 30_000).copy(bytes, at)
    expect(await codeOf(() => openImage(bytes))).toBe('too-many-pixels')
  })
})
