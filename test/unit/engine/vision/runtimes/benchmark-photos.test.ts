import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import type { ThumbnailCache } from '../../../../../electron/engine/media/thumbnails.ts'
import { benchmarkPhotos } from '../../../../../electron/engine/vision/runtimes/benchmark-photos.ts'
import { BENCHMARK_PHOTOS } from '../../../../../electron/engine/vision/runtimes/runtime-benchmark.ts'

const SIZE = 32
const RED = { r: 200, g: 10, b: 10 }
const going = new AbortController().signal

/** A library of so many red photos, of which every other one has lost its thumbnail. */
function redLibrary(photos: number): { catalog: Catalog; thumbnails: ThumbnailCache } {
  const ids = Array.from({ length: photos }, (_, n) => n)
  const byId = (id: number) => ({ contentHash: Buffer.from([id]) })
  const read = ([id = 0]: Buffer): Promise<Buffer> => {
    if (id % 2 === 1) throw new Error('lost')
    const create = { width: 40, height: 40, channels: 3, background: RED } as const
    return sharp({ create }).jpeg().toBuffer()
  }
  return { catalog: { photos: { grid: () => ({ ids }), byId } }, thumbnails: { read } } as never
}

test('benchmarkPhotos takes photos of the library first and fills up with colour fields', async () => {
  const photos = await benchmarkPhotos(redLibrary(10), SIZE, going)
  expect(photos).toHaveLength(BENCHMARK_PHOTOS)
  for (const { size, rgb } of photos) expect([size, rgb.length]).toEqual([SIZE, SIZE * SIZE * 3])
  const isRed = photos.map(({ rgb }) => Math.abs(rgb[0]! - RED.r) + Math.abs(rgb[1]! - RED.g) < 20)
  expect(isRed.slice(0, 5)).toEqual(Array(5).fill(true))
  expect(isRed.slice(5).filter(Boolean).length).toBeLessThan(5)
})

test('benchmarkPhotos makes the same colour fields each time, no two alike', async () => {
  const photos = await benchmarkPhotos(redLibrary(0), SIZE, going)
  expect(await benchmarkPhotos(redLibrary(0), SIZE, going)).toEqual(photos)
  expect(new Set(photos.map(({ rgb }) => Buffer.from(rgb).toString('base64'))).size).toBe(BENCHMARK_PHOTOS)
})

test('benchmarkPhotos stops with the reason of its signal', async () => {
  const stopped = AbortSignal.abort(new Error('enough'))
  await expect(benchmarkPhotos(redLibrary(0), SIZE, stopped)).rejects.toThrow('enough')
  await expect(benchmarkPhotos(redLibrary(3), SIZE, stopped)).rejects.toThrow('enough')
})
