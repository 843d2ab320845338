import { describe, expect, test } from 'vitest'
import { decodeForNetwork, decodePhoto, renderImage } from '../../../../../electron/engine/media/decode.ts'
import { readJpegXlHeader } from '../../../../../electron/engine/media/formats/jpeg-xl-header.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { damage } from '../../../../support/damage.ts'
import { jxlBytes, jxlContainer } from '../../../../support/jxl-files.ts'
import { tiffBytes } from '../../../../support/tiff-files.ts'
import { codeOf } from '../../scratch.ts'

/** A slope of colours. */
function slope(width: number, height: number): Uint8ClampedArray {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set([(x * 255) / width, (y * 255) / height, 120, 255], (y * width + x) * 4)
  return data
}

describe('JPEG XL', () => {
  test('is decoded as it was encoded', async () => {
    const bytes = await jxlBytes(slope(64, 64), 64, 64)
    const photo = await decodePhoto(bytes, 64)
    expect([photo.format, photo.width, photo.height]).toEqual(['JPEG XL', 64, 64])
    const expected = slope(64, 64)
    let sum = 0
    for (let n = 0; n < 64 * 64; n++)
      for (let c = 0; c < 3; c++) sum += Math.abs(photo.network.rgb[n * 3 + c]! - expected[n * 4 + c]!)
    expect(sum / (64 * 64 * 3)).toBeLessThan(2)
  })

  test.each([
    [8, 8],
    [64, 48],
    [300, 200],
    [601, 7],
    [1, 1],
  ])('of %i × %i is known by its header, and is as large', async (width, height) => {
    const bytes = await jxlBytes(slope(width, height), width, height)
    expect(readJpegXlHeader(bytes)).toMatchObject({ width, height })
    expect((await decodePhoto(bytes, 8)).width).toBe(width)
  })

  test('in boxes has its EXIF', async () => {
    const exif = tiffBytes([{ 0x0110: { ascii: 'Model 7' } }])
    const bytes = jxlContainer(await jxlBytes(slope(40, 30), 40, 30), exif)
    const photo = await decodePhoto(bytes, 16)
    expect([photo.format, photo.metadata.camera, photo.height]).toEqual(['JPEG XL', 'Model 7', 30])
    expect((await renderImage(bytes, 20)).length).toBeGreaterThan(100)
    const crop = await decodeForNetwork(bytes, 4, { x: 0.9, y: 0, width: 0.1, height: 0.1 })
    expect(crop.rgb[0]).toBeGreaterThan(220)
    expect(await codeOf(() => decodePhoto(bytes.subarray(0, bytes.length - 20), 16))).toBe('truncated-image')
  })

  test('cut off or damaged in any way: a photo, or a code', async () => {
    const random = new Random('jxl')
    const whole = jxlContainer(await jxlBytes(slope(40, 30), 40, 30), tiffBytes([{}]))
    const known = ['no error', 'damaged-image', 'truncated-image', 'not-an-image', 'unsupported-format']
    for (let n = 0; n < 40; n++) {
      const code = await codeOf(() => decodePhoto(damage(Buffer.from(whole), random), 16))
      expect([...known, 'too-many-pixels']).toContain(code)
    }
    expect(await codeOf(() => decodePhoto(whole.subarray(0, 30), 16))).not.toBe('no error')
  })
})
