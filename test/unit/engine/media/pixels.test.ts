import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  decodeForNetwork,
  decodePhoto,
  THUMBNAIL_EDGE,
  type NetworkPixels,
} from '../../../../electron/engine/media/decode.ts'
import { limits } from '../../../../electron/engine/media/formats/limits.ts'
import type { KindredError } from '../../../../electron/shared/errors.ts'
import { codeOf } from '../scratch.ts'

type Colour = readonly [red: number, green: number, blue: number]

const quarters: readonly Colour[] = [
  [200, 40, 40],
  [40, 180, 60],
  [50, 60, 210],
  [230, 210, 40],
]

/** Four coloured quarters: top left, top right, bottom left, bottom right. */
function quartered(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set(quarters[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]!, (y * width + x) * 3)
  return sharp(data, { raw: { width, height, channels: 3 } })
}

const plain = (colour: Colour, width = 32, height = 32): Sharp =>
  sharp({ create: { width, height, channels: 3, background: { r: colour[0], g: colour[1], b: colour[2] } } })

/** The colour at a place, as fractions. */
function at({ size, rgb }: NetworkPixels, x: number, y: number): number[] {
  const start = (Math.floor(y * size) * size + Math.floor(x * size)) * 3
  return [...rgb.subarray(start, start + 3)]
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [i, value] of expected.entries())
    expect(Math.abs(actual[i]! - value), `${actual.join()} for ${expected.join()}`).toBeLessThanOrEqual(
      tolerance,
    )
}

async function pixelsOf(bytes: Buffer, size = 32): Promise<NetworkPixels> {
  const { network } = await decodePhoto(bytes, size)
  const alone = await decodeForNetwork(bytes, size)
  // What the library keeps of a photo and what a query by its file makes must be the same.
  expect(Buffer.compare(network.rgb, alone.rgb)).toBe(0)
  return network
}

interface PngChunk {
  readonly type: string
  readonly data: Buffer
}

function readPng(png: Buffer): PngChunk[] {
  const chunks: PngChunk[] = []
  for (let start = 8; start < png.length;) {
    const length = png.readUInt32BE(start)
    chunks.push({
      type: png.toString('latin1', start + 4, start + 8),
      data: png.subarray(start + 8, start + 8 + length),
    })
    start += 12 + length
  }
  return chunks
}

function writePng(chunks: readonly PngChunk[]): Buffer {
  const parts = chunks.map(({ type, data }) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, sum])
  })
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts])
}

function claimingPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const data = deflateSync(Buffer.alloc(1000))
  return writePng([
    { type: 'IHDR', data: header },
    { type: 'IDAT', data },
    { type: 'IEND', data: Buffer.alloc(0) },
  ])
}

describe('decoded pixels: orientation', () => {
  // Which of the stored quarters is shown top left, top right, bottom left, bottom right.
  test.each([
    [1, [0, 1, 2, 3]],
    [2, [1, 0, 3, 2]],
    [3, [3, 2, 1, 0]],
    [4, [2, 3, 0, 1]],
    [5, [0, 2, 1, 3]],
    [6, [2, 0, 3, 1]],
    [7, [3, 1, 2, 0]],
    [8, [1, 3, 0, 2]],
  ])('%i puts each quarter where it belongs, in network pixels and thumbnail', async (orientation, shown) => {
    for (const [width, height] of [
      [900, 600],
      [90, 60],
    ] as const) {
      const bytes = await quartered(width, height)
        .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
        .withMetadata({ orientation })
        .toBuffer()
      const photo = await decodePhoto(bytes, 32)
      expect([photo.width, photo.height]).toEqual(orientation < 5 ? [width, height] : [height, width])
      const thumbnail = await sharp(photo.thumbnail).raw().toBuffer({ resolveWithObject: true })
      expect(thumbnail.info.width > thumbnail.info.height).toBe(orientation < 5)
      for (const [place, quarter] of shown.entries()) {
        const [x, y] = [place % 2 ? 0.75 : 0.25, place > 1 ? 0.75 : 0.25]
        expectNear(at(photo.network, x, y), quarters[quarter]!, 8)
        const start =
          (Math.floor(y * thumbnail.info.height) * thumbnail.info.width +
            Math.floor(x * thumbnail.info.width)) *
          3
        expectNear([...thumbnail.data.subarray(start, start + 3)], quarters[quarter]!, 8)
      }
    }
  })
})

describe('decoded pixels: colours', () => {
  test('of a greyscale JPEG are three equal channels', async () => {
    const network = await pixelsOf(await plain([90, 90, 90]).greyscale().jpeg().toBuffer())
    expect(network.rgb).toHaveLength(32 * 32 * 3)
    expectNear(at(network, 0.5, 0.5), [90, 90, 90], 2)
  })

  test('of a greyscale PNG with transparency lie on white', async () => {
    const grey = sharp(Buffer.from(Array.from({ length: 64 }, () => [100, 128]).flat()), {
      raw: { width: 8, height: 8, channels: 2 },
    })
    expectNear(at(await pixelsOf(await grey.png().toBuffer()), 0.5, 0.5), [177, 177, 177], 3)
  })

  test('of a CMYK JPEG are those that are printed', async () => {
    const bytes = await quartered(64, 64)
      .toColourspace('cmyk')
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer()
    expect((await sharp(bytes).metadata()).space).toBe('cmyk')
    const network = await pixelsOf(bytes)
    const shown = [at(network, 0.2, 0.2), at(network, 0.8, 0.2), at(network, 0.2, 0.8), at(network, 0.8, 0.8)]
    // Print holds fewer colours, but each quarter still is nearest to its own.
    for (const [n, colour] of shown.entries()) {
      const distances = quarters.map(quarter => Math.hypot(...quarter.map((value, i) => value - colour[i]!)))
      expect(distances.indexOf(Math.min(...distances))).toBe(n)
    }
  })

  test('of a 16-bit PNG keep their high byte', async () => {
    const wide = Uint16Array.from({ length: 64 * 3 }, (_, i) => [200, 100, 50][i % 3]! * 257)
    const bytes = await sharp(wide, { raw: { width: 8, height: 8, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect((await sharp(bytes).metadata()).depth).toBe('ushort')
    expectNear(at(await pixelsOf(bytes), 0.5, 0.5), [200, 100, 50], 1)
  })

  test('of a palette PNG are those of the palette, what is clear is white', async () => {
    const data = Buffer.alloc(32 * 32 * 4)
    for (let i = 0; i < 32 * 32; i++) data.set(i % 32 < 16 ? [200, 40, 40, 255] : [0, 0, 0, 0], i * 4)
    const bytes = await sharp(data, { raw: { width: 32, height: 32, channels: 4 } })
      .png({ palette: true })
      .toBuffer()
    // The type of colour in the header: a palette.
    expect(bytes[25]).toBe(3)
    const network = await pixelsOf(bytes)
    expectNear(at(network, 0.2, 0.5), [200, 40, 40], 3)
    expectNear(at(network, 0.8, 0.5), [255, 255, 255], 3)
  })

  test('that are half transparent are mixed with white', async () => {
    const half = {
      create: {
        width: 20,
        height: 20,
        channels: 4 as const,
        background: { r: 200, g: 0, b: 100, alpha: 0.5 },
      },
    }
    const bytes = await sharp(half).png().toBuffer()
    expectNear(at(await pixelsOf(bytes), 0.5, 0.5), [228, 128, 178], 2)
    expectNear(
      [
        ...(
          await sharp((await decodePhoto(bytes, 32)).thumbnail)
            .raw()
            .toBuffer()
        ).subarray(0, 3),
      ],
      [228, 128, 178],
      4,
    )
  })

  test('of a Display P3 photo are brought to sRGB', async () => {
    const colour: Colour = [200, 60, 40]
    const tagged = await plain(colour).withIccProfile('p3').png().toBuffer()
    expectNear(at(await pixelsOf(tagged), 0.5, 0.5), colour, 2)
    // The same numbers without the profile are other colours: less red, more green, as P3's red is deeper.
    const untagged = writePng(readPng(tagged).filter(({ type }) => type !== 'iCCP'))
    const [red, green] = at(await pixelsOf(untagged), 0.5, 0.5)
    expect(red).toBeLessThan(192)
    expect(green).toBeGreaterThan(63)
    expect(untagged.length).toBeLessThan(tagged.length)
  })

  test('of a small Display P3 JPEG are brought to sRGB in its thumbnail, too', async () => {
    const bytes = await plain([200, 60, 40]).jpeg({ quality: 100 }).withIccProfile('p3').toBuffer()
    const { thumbnail } = await decodePhoto(bytes, 32)
    expect((await sharp(thumbnail).metadata()).icc).toBeUndefined()
    expectNear([...(await sharp(thumbnail).raw().toBuffer()).subarray(0, 3)], [200, 60, 40], 4)
  })

  test('have the mean that stands in for the photo', async () => {
    const { averageColor } = await decodePhoto(await quartered(64, 64).png().toBuffer(), 32)
    const mean = [0, 1, 2].map(channel => quarters.reduce((sum, quarter) => sum + quarter[channel]!, 0) / 4)
    expectNear([averageColor >> 16, (averageColor >> 8) & 255, averageColor & 255], mean, 2)
  })
})

describe('decoded pixels: crop for the network', () => {
  test('is the centre square', async () => {
    // Thirds: red, green, blue. Only the green one is within the square.
    const data = Buffer.alloc(300 * 100 * 3)
    for (let i = 0; i < 300 * 100; i++) data.set(quarters[Math.floor((i % 300) / 100)]!, i * 3)
    for (const bytes of [
      await sharp(data, { raw: { width: 300, height: 100, channels: 3 } })
        .png()
        .toBuffer(),
      await sharp(data, { raw: { width: 300, height: 100, channels: 3 } })
        .rotate(90)
        .png()
        .toBuffer(),
    ]) {
      const network = await pixelsOf(bytes, 20)
      for (const [x, y] of [
        [0.1, 0.1],
        [0.9, 0.1],
        [0.1, 0.9],
        [0.9, 0.9],
      ] as const)
        expectNear(at(network, x, y), quarters[1]!, 6)
    }
  })

  test.each([
    [{ x: 0, y: 0, width: 0.5, height: 0.5 }, 0],
    [{ x: 0.5, y: 0, width: 0.5, height: 0.5 }, 1],
    [{ x: 0, y: 0.5, width: 0.5, height: 0.5 }, 2],
    [{ x: 0.6, y: 0.6, width: 0.2, height: 0.1 }, 3],
    // Out of bounds or without extent: cut to what is there.
    [{ x: 0.9, y: 0.9, width: 1, height: 1 }, 3],
    [{ x: 1, y: 1, width: 0, height: 0 }, 3],
    [{ x: 0.2, y: 0.2, width: 0, height: 0 }, 0],
  ])('is the crop %j', async (crop, quarter) => {
    const network = await decodeForNetwork(await quartered(600, 400).png().toBuffer(), 16, crop)
    expect(network.rgb).toHaveLength(16 * 16 * 3)
    for (const [x, y] of [
      [0.2, 0.2],
      [0.8, 0.2],
      [0.2, 0.8],
      [0.8, 0.8],
    ] as const)
      expectNear(at(network, x, y), quarters[quarter]!, 4)
  })

  test('is cropped as the photo is shown, not as it is stored', async () => {
    const turned = await quartered(600, 400).jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toBuffer()
    const corner = await decodeForNetwork(turned, 16, { x: 0, y: 0, width: 0.4, height: 0.4 })
    expectNear(at(corner, 0.5, 0.5), quarters[2]!, 8)
  })
})

describe('decoded pixels: sizes', () => {
  test.each([
    [4000, 40],
    [40, 4000],
    [1, 1],
    [1, 700],
    [400, 400],
    [401, 2],
    [2400, 1600],
  ])('%i × %i: a thumbnail within its edge, of the same shape', async (width, height) => {
    for (const bytes of [
      await plain([120, 80, 40], width, height).jpeg().toBuffer(),
      await plain([120, 80, 40], width, height).png().toBuffer(),
    ]) {
      const photo = await decodePhoto(bytes, 48)
      expect([photo.width, photo.height]).toEqual([width, height])
      const shown = await sharp(photo.thumbnail).metadata()
      const scale = Math.min(1, THUMBNAIL_EDGE / Math.max(width, height))
      expect(shown.format).toBe('jpeg')
      expect(Math.abs(shown.width - Math.max(1, width * scale))).toBeLessThanOrEqual(1)
      expect(Math.abs(shown.height - Math.max(1, height * scale))).toBeLessThanOrEqual(1)
      expectNear(at(photo.network, 0.5, 0.5), [120, 80, 40], 3)
    }
  })

  test('of a small JPEG that carries much besides its picture: the thumbnail does not', async () => {
    const bytes = await plain([9, 9, 9]).jpeg().toBuffer()
    const comment = Buffer.concat([Buffer.of(0xff, 0xfe, 0xff, 0xff), Buffer.alloc(65_533)])
    const heavy = Buffer.concat([bytes.subarray(0, 2), comment, comment, bytes.subarray(2)])
    expect((await decodePhoto(heavy, 16)).thumbnail.length).toBeLessThan(10_000)
    expect((await decodePhoto(bytes, 16)).thumbnail).toBe(bytes)
  })
})

describe('decode: refusals', () => {
  test('before anything is set aside for it: a picture that claims too many pixels', async () => {
    const before = process.memoryUsage().rss
    expect(await codeOf(() => decodePhoto(claimingPng(60_000, 60_000), 64))).toBe('too-many-pixels')
    expect(await codeOf(() => decodeForNetwork(claimingPng(60_000, 60_000), 64))).toBe('too-many-pixels')
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
    // One that claims what is allowed is only damaged.
    expect(await codeOf(() => decodePhoto(claimingPng(600, 600), 64))).not.toBe('too-many-pixels')
  })

  test.each([
    ['no bytes at all', Buffer.alloc(0), 'not-an-image'],
    ['only zeros', Buffer.alloc(5000), 'not-an-image'],
    ['text', Buffer.from('Dear diary, today I took a photo.'), 'not-an-image'],
    ['a document', Buffer.from('%PDF-1.7 and so on'), 'not-an-image'],
    ['JPEG by its first bytes only', Buffer.from('ffd8ffe000104a46494600', 'hex'), 'truncated-image'],
  ])('%s', async (_, bytes, code) => expect(await codeOf(() => decodePhoto(bytes, 32))).toBe(code))

  test('an animation of more frames than a photo may have; fewer are a photo', async () => {
    const film = (frames: number): Promise<Buffer> => {
      const data = Buffer.from(
        Array.from({ length: frames }, (_, i) => [...(i === 0 ? quarters[0]! : [i % 251, 0, 200])]).flat(),
      )
      return sharp(data, { raw: { width: 1, height: frames, channels: 3, pageHeight: 1 } })
        .gif({ keepDuplicateFrames: true })
        .toBuffer()
    }
    const few = await film(3)
    expect((await sharp(few).metadata()).pages).toBe(3)
    const photo = await decodePhoto(few, 16)
    expect([photo.format, photo.width, photo.height]).toEqual(['GIF', 1, 1])
    // The first frame is shown.
    expectNear(at(photo.network, 0.5, 0.5), quarters[0]!, 10)
    expect(await codeOf(() => decodePhoto(few, 16))).toBe('no error')
    const many = await film(limits.frames + 1)
    expect((await sharp(many).metadata()).pages).toBe(limits.frames + 1)
    expect(await codeOf(async () => decodePhoto(many, 16))).toBe('too-many-frames')
  })
})

describe('decode: truncated files', () => {
  const noise = (): Sharp => {
    const data = Buffer.from(Array.from({ length: 160 * 120 * 3 }, (_, i) => (i * 7919) % 251))
    return sharp(data, { raw: { width: 160, height: 120, channels: 3 } })
  }

  test.each<[string, (image: Sharp) => Sharp]>([
    ['JPEG', image => image.jpeg()],
    ['large JPEG', image => image.resize(1600, 1200).jpeg()],
    ['progressive JPEG', image => image.jpeg({ progressive: true })],
    ['PNG', image => image.png()],
    ['WebP', image => image.webp()],
    ['GIF', image => image.gif()],
    ['TIFF', image => image.tiff({ compression: 'none' })],
    ['AVIF', image => image.avif({ effort: 0 })],
  ])('never takes a truncated file for a whole %s', async (_, encode) => {
    const outcomeOf = (bytes: Buffer): Promise<string> =>
      decodePhoto(bytes, 32).then(
        ({ damage }) => (damage ? 'marked as damaged' : 'whole'),
        (error: unknown) => (error as KindredError).code,
      )
    const whole = await encode(noise()).toBuffer()
    expect(await outcomeOf(whole)).toBe('whole')
    for (const part of [0.05, 0.3, 0.6, 0.9, 0.97]) {
      const outcome = await outcomeOf(whole.subarray(0, Math.floor(whole.length * part)))
      expect(['truncated-image', 'damaged-image', 'marked as damaged']).toContain(outcome)
    }
  })
})
