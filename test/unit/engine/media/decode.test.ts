import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  decodeForNetwork,
  decodePhoto,
  renderImage,
  THUMBNAIL_EDGE,
} from '../../../../electron/engine/media/decode.ts'
import { KindredError } from '../../../../electron/shared/errors.ts'

/** Left half red, right half blue, a green strip along the top. */
function picture(width = 300, height = 200): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="#c00000"/><rect x="${width / 2}" width="${width / 2}" height="${height}" fill="#0000c0"/><rect width="${width}" height="${height / 5}" fill="#00c000"/></svg>`
  return sharp(Buffer.from(svg)).flatten().png().toBuffer()
}

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'decoded',
    (error: unknown) => (error instanceof KindredError ? error.code : String(error)),
  )

const pixel = ({ size, rgb }: { size: number; rgb: Uint8Array }, x: number, y: number): number[] => {
  const at = (Math.floor(y * size) * size + Math.floor(x * size)) * 3
  return [...rgb.subarray(at, at + 3)]
}

describe('decode', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async orientation => {
    const stored = await sharp(await picture())
      .jpeg({ quality: 95 })
      .withMetadata({ orientation })
      .toBuffer()
    const upright = await sharp(stored).autoOrient().resize(64, 64).raw().toBuffer()
    const photo = await decodePhoto(stored, 64)
    expect([photo.width, photo.height]).toEqual(orientation < 5 ? [300, 200] : [200, 300])
    const difference = photo.network.rgb.reduce((sum, value, i) => sum + Math.abs(value - upright[i]!), 0)
    expect(difference / upright.length).toBeLessThan(6)
  })

  test.each<[string, (image: Sharp) => Sharp]>([
    ['greyscale JPEG', image => image.greyscale().jpeg()],
    ['CMYK JPEG', image => image.toColourspace('cmyk').jpeg()],
    ['16-bit PNG', image => image.toColourspace('rgb16').png()],
    ['palette PNG', image => image.png({ palette: true })],
    ['WebP', image => image.webp()],
    ['AVIF', image => image.avif({ effort: 0 })],
    ['TIFF', image => image.tiff()],
    ['GIF', image => image.gif()],
    ['Display P3', image => image.withIccProfile('p3').jpeg()],
  ])('reads %s as RGB', async (name, encode) => {
    const photo = await decodePhoto(await encode(sharp(await picture())).toBuffer(), 64)
    expect(photo.network.rgb).toHaveLength(64 * 64 * 3)
    const [red, , blue] = pixel(photo.network, 0.2, 0.8)
    if (name !== 'greyscale JPEG') expect(red! - blue!).toBeGreaterThan(100)
    expect((await sharp(photo.thumbnail).metadata()).format).toBe('jpeg')
  })

  test('puts transparency on white', async () => {
    const clear = await sharp({
      create: { width: 50, height: 50, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer()
    expect((await decodePhoto(clear, 32)).averageColor).toBe(0xffffff)
  })

  test('brings a wide-gamut photo to sRGB', async () => {
    const green = { create: { width: 40, height: 40, channels: 3 as const, background: '#30d030' } }
    const tagged = await sharp(green).withIccProfile('p3', { attach: true }).png().toBuffer()
    const untagged = await sharp(tagged).keepMetadata().png().toBuffer()
    const [, high] = pixel(await decodeForNetwork(untagged, 32), 0.5, 0.5)
    expect(high).toBeGreaterThan(190)
  })

  test('keeps thumbnails small, of every shape', async () => {
    for (const [width, height] of [
      [3000, 2000],
      [4000, 40],
      [30, 2500],
      [1, 1],
      [2, 900],
    ] as const) {
      const photo = await decodePhoto(await picture(width, height), 48)
      const thumbnail = await sharp(photo.thumbnail).metadata()
      expect(Math.max(thumbnail.width, thumbnail.height)).toBeLessThanOrEqual(THUMBNAIL_EDGE)
      expect([photo.width, photo.height]).toEqual([width, height])
      expect(photo.network.rgb).toHaveLength(48 * 48 * 3)
    }
  })

  test('takes the part that is asked for', async () => {
    const part = await decodeForNetwork(await picture(), 32, { x: 0.6, y: 0.5, width: 0.3, height: 0.4 })
    const [red, , blue] = pixel(part, 0.5, 0.5)
    expect(blue! - red!).toBeGreaterThan(150)
  })

  test('renders a photo for the screen, never larger than it is', async () => {
    const { width, format } = await sharp(await renderImage(await picture(3000, 2000), 1280)).metadata()
    expect([width, format]).toEqual([1280, 'jpeg'])
    expect((await sharp(await renderImage(await picture(90, 60), 1280)).metadata()).width).toBe(90)
  })

  test('fails with the code of what is wrong with a file', async () => {
    const jpeg = await sharp(await picture(800, 600))
      .jpeg()
      .toBuffer()
    expect(await code(decodePhoto(jpeg.subarray(0, jpeg.length / 20), 64))).toBe('truncated-image')
    expect(await code(decodePhoto(Buffer.from('Dear diary'), 64))).toBe('not-an-image')
    expect(await code(decodePhoto(Buffer.from('%PDF-1.7 and so on'), 64))).toBe('not-an-image')
    expect(
      await code(
        decodePhoto(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 64),
      ),
    ).toBe('unsupported-format')
    const huge = await picture(40, 40)
    huge.writeUInt32BE(60_000, 16)
    huge.writeUInt32BE(60_000, 20)
    expect(['too-many-pixels', 'damaged-image']).toContain(await code(decodePhoto(huge, 64)))
  })

  test('refuses an animation of too many frames', async () => {
    const frames = 1200
    const strip = await sharp({
      create: { width: 2, height: 2 * frames, channels: 3, background: '#123456' },
    })
      .composite(
        Array.from({ length: 6 }, (_, i) => ({
          input: { create: { width: 1, height: 1, channels: 3 as const, background: '#fff' } },
          left: 0,
          top: i * 40,
        })),
      )
      .raw()
      .toBuffer()
    const film = await sharp(strip, { raw: { width: 2, height: 2 * frames, channels: 3, pageHeight: 2 } })
      .gif({ keepDuplicateFrames: true })
      .toBuffer()
    expect(await code(decodePhoto(film, 64))).toBe('too-many-frames')
  })
})
