import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeForNetwork, type NetworkPixels } from '../../../../electron/engine/media/decode.ts'
import { hashDistance, perceptualHash } from '../../../../electron/engine/media/perceptual-hash.ts'
import { drawSample, sampleKinds } from '../../../../samples/samples.ts'

/** What the bundled network sees. */
const SIZE = 160
/** Copies differ in this many bits at most, see train/duplicate-groups.ts. */
const COPY = 7

const hashOf = async (file: Buffer): Promise<Buffer> => perceptualHash(await decodeForNetwork(file, SIZE))

interface Picture {
  readonly name: string
  readonly file: Buffer
  readonly hash: Buffer
}

let pictures: Picture[]
beforeAll(async () => {
  pictures = []
  for (const kind of sampleKinds)
    for (const number of [1, 2]) {
      const name = `${kind}/${number}`
      const { data } = await drawSample({ kind, seed: name, longEdge: 400 })
      pictures.push({ name, file: data, hash: await hashOf(data) })
    }
})

async function far(change: (image: Sharp, width: number) => Sharp): Promise<string[]> {
  const names: string[] = []
  for (const { name, file, hash } of pictures) {
    const { width } = await sharp(file).metadata()
    const copy = await change(sharp(file).autoOrient(), width).toBuffer()
    const bits = hashDistance(hash, await hashOf(copy))
    if (bits > COPY) names.push(`${name}: ${bits} bits`)
  }
  return names
}

describe('perceptual hash', () => {
  test.each<[string, (image: Sharp, width: number) => Sharp]>([
    ['saved again', image => image.jpeg({ quality: 90 })],
    ['recompressed', image => image.jpeg({ quality: 60 })],
    ['recompressed strongly', image => image.jpeg({ quality: 30 })],
    ['half as large', (image, width) => image.resize(Math.round(width / 2)).jpeg({ quality: 85 })],
    ['twice as large', (image, width) => image.resize(width * 2).jpeg({ quality: 85 })],
    ['in another format', image => image.webp({ quality: 70, effort: 0 })],
    ['without loss', image => image.png({ compressionLevel: 1 })],
    ['a little brighter', image => image.modulate({ brightness: 1.08 }).jpeg({ quality: 85 })],
    ['a little blurred', image => image.blur(0.8).jpeg({ quality: 85 })],
    ['grey', image => image.greyscale().jpeg({ quality: 85 })],
  ])('of a picture %s is that of a copy', async (_, change) => {
    const names = await far(change)
    // Pictures without anything in them hang on their noise.
    expect(names.length, names.join(', ')).toBeLessThanOrEqual(pictures.length * 0.05)
  })

  test('of the same bytes is the same', async () => {
    for (const { file, hash } of pictures) expect(await hashOf(file)).toEqual(hash)
  })

  test('has eight bytes, half of whose bits are set', () => {
    for (const { hash } of pictures) {
      expect(hash).toHaveLength(8)
      const set = hashDistance(hash, Buffer.alloc(8))
      expect(set).toBeGreaterThanOrEqual(28)
      expect(set).toBeLessThanOrEqual(32)
    }
  })

  test('of different pictures is another', () => {
    const distances: number[] = []
    for (const [i, a] of pictures.entries())
      for (const b of pictures.slice(0, i)) distances.push(hashDistance(a.hash, b.hash))
    const share = (bits: number): number =>
      distances.filter(distance => distance > bits).length / distances.length
    expect(share(COPY)).toBeGreaterThan(0.99)
    expect(share(20)).toBeGreaterThan(0.85)
  })

  test('exists for a picture without any detail', () => {
    const flat = (value: number): NetworkPixels => ({
      size: SIZE,
      rgb: new Uint8Array(3 * SIZE * SIZE).fill(value),
    })
    for (const value of [0, 128, 255]) expect(perceptualHash(flat(value))).toHaveLength(8)
    expect(perceptualHash({ size: 1, rgb: Uint8Array.of(1, 2, 3) })).toHaveLength(8)
  })
})

describe('perceptual hash: distance', () => {
  test('counts the bits that differ', () => {
    expect(hashDistance(Buffer.alloc(8), Buffer.alloc(8))).toBe(0)
    expect(hashDistance(Buffer.alloc(8), Buffer.alloc(8, 0xff))).toBe(64)
    expect(hashDistance(Buffer.from([0b101, 0, 0, 0, 0, 0, 0, 0x80]), Buffer.alloc(8))).toBe(3)
  })
})
