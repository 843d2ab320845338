import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeForNetwork, decodePhoto } from '../../../../../electron/engine/media/decode.ts'
import { casesFolder } from '../../../../support/cases.ts'
import { tiffBytes, type TiffEntries } from '../../../../support/tiff-files.ts'
import { codeOf } from '../../scratch.ts'

const EDGE = 32

/** A grey TIFF: dark on the left, light on the right, as fractions of white. */
function grey(
  bytesASample: number,
  write: (row: Buffer, at: number, fraction: number) => void,
  format = 1,
): Buffer {
  const pixels = Buffer.alloc(EDGE * EDGE * bytesASample)
  for (let n = 0; n < EDGE * EDGE; n++) write(pixels, n * bytesASample, n % EDGE < EDGE / 2 ? 0.2 : 0.8)
  return tiffBytes([{ ...described(pixels, bytesASample * 8), 0x0153: { short: [format] } }])
}

/** Bytes before the first that is written. */
const HEAD = 8

const [RGB, LAB] = [2, 8]

/** Three channels of a byte each. Strips that begin at several places are a plane each. */
function coloured(pixels: Buffer, strips: readonly number[], photometric: number): Buffer {
  const entries: TiffEntries = {
    ...described(Buffer.alloc(0), 8),
    0x0102: { short: [8, 8, 8] },
    0x0106: { short: [photometric] },
    0x0111: { long: strips.map(at => HEAD + at) },
    0x0115: { short: [3] },
    0x0117: { long: strips.map(() => pixels.length / strips.length) },
    0x011c: { short: [strips.length > 1 ? 2 : 1] },
  }
  return tiffBytes([entries], { afterHead: pixels })
}

const described = (pixels: Buffer, bits: number): TiffEntries => ({
  0x0100: { long: [EDGE] },
  0x0101: { long: [EDGE] },
  0x0102: { short: [bits] },
  0x0103: { short: [1] },
  0x0106: { short: [1] },
  0x0111: { placeOf: pixels },
  0x0115: { short: [1] },
  0x0116: { long: [EDGE] },
  0x0117: { long: [pixels.length] },
})

describe('TIFF samples', () => {
  test.each<[string, Buffer]>([
    ['floating point', grey(4, (row, at, value) => row.writeFloatLE(value, at), 3)],
    ['32 bits', grey(4, (row, at, value) => row.writeUInt32LE(value * 0xffffffff, at))],
    ['16 bits', grey(2, (row, at, value) => row.writeUInt16LE(value * 0xffff, at))],
    ['12 of 16 bits', grey(2, (row, at, value) => row.writeUInt16LE(value * 0xfff, at))],
    ['10 of 16 bits', grey(2, (row, at, value) => row.writeUInt16LE(value * 0x3ff, at))],
  ])('%s are as light as they mean', async (_, bytes) => {
    const { rgb } = await decodeForNetwork(bytes, 8)
    expect(Math.abs(rgb[8 * 4 * 3]! - 0.2 * 255)).toBeLessThan(4)
    expect(Math.abs(rgb[8 * 4 * 3 + 7 * 3]! - 0.8 * 255)).toBeLessThan(4)
  })

  test('of a kind that cannot be shown are not called damaged', async () => {
    const signed = grey(2, (row, at, value) => row.writeInt16LE(value * 1000, at), 2)
    const odd = tiffBytes([{ ...described(Buffer.alloc(EDGE * EDGE), 8), 0x0103: { short: [34_661] } }])
    const double = grey(8, (row, at, value) => row.writeDoubleLE(value, at), 3)
    const lab = coloured(Buffer.alloc(3 * EDGE * EDGE, 90), [0], LAB)
    for (const bytes of [signed, odd, double, lab])
      expect(await codeOf(() => decodePhoto(bytes, 8))).toBe('unsupported-format')
  })

  test('in planes of colours one after the other have their colours', async () => {
    const size = EDGE * EDGE
    const planes = Buffer.concat([200, 60, 40].map(value => Buffer.alloc(size, value)))
    const { rgb } = await decodeForNetwork(coloured(planes, [0, size, 2 * size], RGB), 8)
    for (const [channel, value] of [200, 60, 40].entries())
      expect(Math.abs(rgb[channel]! - value)).toBeLessThan(3)
  })

  const folder = casesFolder && join(casesFolder, 'tiff-pixels')
  test.skipIf(!folder || !existsSync(folder)).each(['t03-float01-grey', 't05-grey12in16', 't09-uint32'])(
    '%s of the cases is like the reference',
    async name => {
      const read = (file: string): Promise<Uint8Array> =>
        decodeForNetwork(readFileSync(join(folder!, `${file}.tif`)), 32).then(({ rgb }) => rgb)
      const [actual, expected] = [await read(name), await read('reference')]
      const light = (rgb: Uint8Array, n: number): number =>
        0.2126 * rgb[n]! + 0.7152 * rgb[n + 1]! + 0.0722 * rgb[n + 2]!
      let sum = 0
      for (let n = 0; n < expected.length; n += 3) sum += Math.abs(actual[n]! - light(expected, n))
      expect(sum / (expected.length / 3)).toBeLessThan(25)
    },
  )
})
