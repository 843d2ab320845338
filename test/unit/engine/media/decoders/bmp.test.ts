import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeForNetwork, decodePhoto } from '../../../../../electron/engine/media/decode.ts'
import { decodeBmp } from '../../../../../electron/engine/media/decoders/bmp-pixels.ts'
import { readBmpHeader } from '../../../../../electron/engine/media/formats/bmp-header.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { bmpBytes, bmpKinds, type BmpKind } from '../../../../support/bmp-files.ts'
import { damage } from '../../../../support/damage.ts'
import { codeOf } from '../../scratch.ts'

const [WIDTH, HEIGHT] = [37, 23]
const colours = [
  [200, 40, 40],
  [40, 180, 64],
] as const
/** Red, and a green part that shows which side is which. */
const paint = (x: number, y: number): (typeof colours)[number] =>
  colours[x > 20 || (y < 8 && x % 5 === 0) ? 1 : 0]

const bytesOf = (kind: BmpKind): Buffer => bmpBytes(kind, WIDTH, HEIGHT, paint, colours)

describe('BMP', () => {
  test.each(bmpKinds)('%s: every pixel', kind => {
    const bytes = bytesOf(kind)
    const { rows, width, height, stride } = decodeBmp(bytes, readBmpHeader(bytes))
    expect([width, height]).toEqual([WIDTH, HEIGHT])
    // Five bits of a channel say its value within 7.
    const tolerance = kind.startsWith('16') ? 7 : 0
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++)
        for (const [channel, value] of [...paint(x, y), 255].entries())
          expect(Math.abs(rows[y * stride + x * 4 + channel]! - value)).toBeLessThanOrEqual(tolerance)
  })

  test('is a photo', async () => {
    const photo = await decodePhoto(bytesOf('8 bits'), 16)
    expect([photo.format, photo.width, photo.height]).toEqual(['BMP', WIDTH, HEIGHT])
    const corner = await decodeForNetwork(bytesOf('24 bits'), 4, { x: 0.8, y: 0.5, width: 0.1, height: 0.1 })
    expect([...corner.rgb.subarray(0, 3)]).toEqual(colours[1])
  })

  test('where pixels are left out, it is clear', () => {
    const bytes = bytesOf('RLE8')
    // The picture ends with its first row.
    bytes.set([0, 1], readBmpHeader(bytes).pixels)
    const { rows } = decodeBmp(bytes, readBmpHeader(bytes))
    expect(rows[3]).toBe(0)
  })

  test('cut off: what is there is shown, grey stands for the rest', async () => {
    const colours = [
      [200, 40, 40],
      [40, 180, 64],
    ] as const
    const whole = bmpBytes('24 bits', 40, 30, (x, y) => colours[(x + y) % 2]!, colours)
    const cut = whole.subarray(0, whole.length - 12 * 40 * 3)
    const { damage, thumbnail } = await decodePhoto(cut, 16)
    // The last rows of most are shown above.
    expect(damage).toEqual({ kind: 'upper-part-missing', share: expect.closeTo(12 / 30) as number })
    const upper = await sharp(thumbnail).extract({ left: 0, top: 0, width: 40, height: 8 }).raw().toBuffer()
    for (const value of upper) expect(Math.abs(value - 128)).toBeLessThan(16)
    const topDown = Buffer.from(cut)
    topDown.writeInt32LE(-30, 22)
    expect((await decodePhoto(topDown, 16)).damage?.kind).toBe('lower-part-missing')
    // The bytes that fill the last row up are nothing of the picture.
    const narrow = bmpBytes('24 bits', 37, 30, (x, y) => colours[(x + y) % 2]!, colours)
    expect((await decodePhoto(narrow.subarray(0, -1), 16)).damage).toBeUndefined()
  })

  test('what is wrong with one', async () => {
    const whole = bytesOf('24 bits')
    expect(await codeOf(() => decodePhoto(whole.subarray(0, whole.length / 8), 16))).toBe('truncated-image')
    const jpegInside = Buffer.from(whole)
    jpegInside.writeUInt32LE(4, 30)
    expect(await codeOf(() => decodePhoto(jpegInside, 16))).toBe('unsupported-format')
    const wide = Buffer.from(whole)
    wide.writeInt32LE(100_000, 18)
    wide.writeInt32LE(100_000, 22)
    expect(await codeOf(() => decodePhoto(wide, 16))).toBe('too-many-pixels')
  })

  test('damaged in any way: pixels, or a code', async () => {
    const random = new Random('bmp')
    const known = ['no error', 'damaged-image', 'truncated-image', 'not-an-image', 'unsupported-format']
    for (let n = 0; n < 300; n++) {
      const bytes = damage(Buffer.from(bytesOf(random.pick(bmpKinds))), random)
      const decode = (): void => {
        const header = readBmpHeader(bytes)
        // Larger ones are refused before.
        if (header.width * header.height < 1e6) decodeBmp(bytes, header)
      }
      if (bytes.length > 26 && bytes.readUInt16LE(0) === 0x4d42)
        expect(known).toContain(await codeOf(async () => decode()))
    }
  })
})
