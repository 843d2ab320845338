import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodePhoto, renderImage } from '../../../../electron/engine/media/decode.ts'
import { casesFolder } from '../../../support/cases.ts'

/** A shape on a clear ground. */
const logo = (shape: string, colour: string): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><g fill="${colour}">${shape}</g></svg>`,
    ),
  )
    .png()
    .toBuffer()
const circle = '<circle cx="100" cy="100" r="70"/>'
const cross = '<rect x="85" y="20" width="30" height="160"/><rect x="20" y="85" width="160" height="30"/>'

const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, n) => sum + Math.abs(value - b[n]!), 0) / a.length

describe('transparent pictures', () => {
  test('of white are seen, each as its own shape', async () => {
    const [a, b] = await Promise.all([logo(circle, '#fff'), logo(cross, '#fdfdfd')])
    const [first, second] = [await decodePhoto(a, 32), await decodePhoto(b, 32)]
    expect(difference(first.network.rgb, second.network.rgb)).toBeGreaterThan(30)
    const { channels } = await sharp(first.thumbnail).stats()
    expect(channels[0]!.max - channels[0]!.min).toBeGreaterThan(120)
  })

  test('of other colours lie on white, as do those that are clear all over', async () => {
    const dark = await decodePhoto(await logo(circle, '#204080'), 32)
    expect([...dark.network.rgb.subarray(0, 3)]).toEqual([255, 255, 255])
    const clear = await decodePhoto(await logo('', '#fff'), 32)
    expect(clear.averageColor).toBe(0xffffff)
  })

  test('lie on a checkerboard on the screen: light, or dark behind white', async () => {
    for (const [colour, least, most] of [
      ['#204080', 225, 255],
      ['#ffffff', 60, 90],
    ] as const) {
      const jpeg = await renderImage(await logo(circle, colour), 400)
      const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
      const shades = [0, 12].map(x => data[(4 * info.width + x + 5) * 3]!)
      for (const shade of shades) {
        expect(shade).toBeGreaterThanOrEqual(least)
        expect(shade).toBeLessThanOrEqual(most)
      }
      expect(Math.abs(shades[0]! - shades[1]!)).toBeGreaterThan(10)
    }
  })

  test.each([
    [1, 1],
    [5, 30],
    [300, 2],
  ])('of %i × %i are rendered', async (width, height) => {
    const clear = { create: { width, height, channels: 4 as const, background: '#00000000' } }
    const jpeg = await renderImage(await sharp(clear).png().toBuffer(), 100)
    expect((await sharp(jpeg).stats()).channels[0]!.min).toBeGreaterThan(230)
  })

  test('a photo without transparency is left as it is', async () => {
    const red = { create: { width: 60, height: 40, channels: 4 as const, background: '#fff' } }
    const jpeg = await renderImage(await sharp(red).png().toBuffer(), 400)
    expect((await sharp(jpeg).stats()).channels[0]!.min).toBeGreaterThan(250)
  })

  test.skipIf(!casesFolder)('of the cases are not alike', async () => {
    const read = (name: string): Promise<Uint8Array> =>
      decodePhoto(readFileSync(join(casesFolder!, 'white-on-transparent', name)), 64).then(
        ({ network }) => network.rgb,
      )
    const [a, b, page] = [await read('logo1.png'), await read('logo2.png'), await read('w1.png')]
    expect(difference(a, b)).toBeGreaterThan(8)
    expect(difference(a, page)).toBeGreaterThan(8)
  })
})
