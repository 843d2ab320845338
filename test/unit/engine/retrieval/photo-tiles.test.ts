import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../../../electron/engine/engine.ts'
import type { PhotoId } from '../../../../electron/shared/ids.ts'
import { resourcesDir } from '../../../support/made-library.ts'
import { codeOf, Scratch } from '../scratch.ts'

const scratch = new Scratch()
const [WIDTH, HEIGHT] = [1500, 1100]
/** Stripes one pixel wide, and a colour that changes slowly. */
const colourAt = (x: number, y: number): number[] => [x % 2 ? 235 : 20, (x * 255) / WIDTH, (y * 255) / HEIGHT]

describe('tiles of a photo', () => {
  let engine: Engine
  let id: PhotoId

  beforeAll(async () => {
    const folder = scratch.folder()
    const data = Buffer.alloc(WIDTH * HEIGHT * 3)
    for (let at = 0; at < WIDTH * HEIGHT; at++) data.set(colourAt(at % WIDTH, Math.floor(at / WIDTH)), at * 3)
    const turned = sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).rotate(90)
    // Shown as it was before it was turned.
    writeFileSync(join(folder, 'stripes.png'), await turned.png().withMetadata({ orientation: 8 }).toBuffer())
    engine = await openEngine({ libraryDir: join(scratch.folder(), 'library'), resourcesDir })
    await engine.library.import([folder])
    id = engine.overview.photos()[0]!.id
  })
  afterAll(() => engine.close())

  const pixelsOf = async (level: number, column: number, row: number) =>
    sharp(await engine.tiles.tile(id, { level, column, row }))
      .raw()
      .toBuffer({ resolveWithObject: true })

  test('are as sharp as the file at level 0, and lie where they belong', async () => {
    let [largest, sum, count] = [0, 0, 0]
    for (const [column, row, width, height] of [
      [0, 0, 1024, 1024],
      [1, 0, 476, 1024],
      [0, 1, 1024, 76],
      [1, 1, 476, 76],
    ] as const) {
      const { data, info } = await pixelsOf(0, column, row)
      expect([info.width, info.height]).toEqual([width, height])
      for (let at = 0; at < width * height; at += 97) {
        const wanted = colourAt(column * 1024 + (at % width), row * 1024 + Math.floor(at / width))
        for (const [channel, value] of wanted.entries()) {
          const off = Math.abs(data[at * 3 + channel]! - value)
          largest = Math.max(largest, off)
          sum += off
          count++
        }
      }
    }
    expect(largest).toBeLessThan(24)
    expect(sum / count).toBeLessThan(4)
  })

  test('cover the photo at every level', async () => {
    for (let level = 0; level < 4; level++) {
      const edge = 1024 * 2 ** level
      const size = { width: 0, height: 0 }
      for (let column = 0; column * edge < WIDTH; column++)
        size.width += (await pixelsOf(level, column, 0)).info.width
      for (let row = 0; row * edge < HEIGHT; row++) size.height += (await pixelsOf(level, 0, row)).info.height
      expect(size).toEqual({ width: Math.ceil(WIDTH / 2 ** level), height: Math.ceil(HEIGHT / 2 ** level) })
    }
  })

  test('are refused where there is no photo, and none of it', async () => {
    const tile = { level: 0, column: 2, row: 0 }
    expect(await codeOf(() => engine.tiles.tile(id, tile))).toBe('bad-argument')
    expect(await codeOf(() => engine.tiles.tile(999 as PhotoId, tile))).toBe('photo-not-found')
  })
})
