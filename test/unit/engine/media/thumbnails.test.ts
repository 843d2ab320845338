import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { ThumbnailCache } from '../../../../electron/engine/media/thumbnails.ts'
import { pictureBytes } from '../../../support/small-photos.ts'
import { codeOf, Scratch } from '../scratch.ts'

const scratch = new Scratch()
const hash = createHash('sha256').update('photo').digest()
let thumbnails: ThumbnailCache
let jpeg: Buffer
beforeEach(async () => {
  thumbnails = ThumbnailCache.open(join(scratch.folder(), 'thumbnails'))
  jpeg = await pictureBytes(1)
})

describe('thumbnails', () => {
  test('return what was written, and nothing unfinished stays', async () => {
    await thumbnails.write(hash, jpeg)
    await thumbnails.sync([hash])
    expect(await thumbnails.read(hash)).toEqual(jpeg)
    expect(await thumbnails.state(hash)).toBe('good')
    expect(readdirSync(join(thumbnails.folder, 'unfinished'))).toEqual([])
  })

  test.each<[string, (path: string) => void]>([
    ['empty', path => truncateSync(path, 0)],
    ['cut short', path => truncateSync(path, jpeg.length / 2)],
    ['zeros', path => writeFileSync(path, Buffer.alloc(jpeg.length))],
    ['rubbish', path => writeFileSync(path, Buffer.alloc(jpeg.length, 'rubbish'))],
    ['without its end', path => writeFileSync(path, Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(9)]))],
    ['without its head', path => writeFileSync(path, jpeg.subarray(9))],
    ['with a head of zeros', path => writeFileSync(path, jpeg.fill(0, 3, 200))],
  ])('are damaged when the file is %s', async (_, damage) => {
    await thumbnails.write(hash, jpeg)
    damage(thumbnails.path(hash))
    expect(await thumbnails.read(hash)).toBeUndefined()
    expect(await thumbnails.state(hash)).toBe('damaged')
    expect(await thumbnails.has(hash)).toBe(false)
  })

  test('are missing when there is no file, and damaged when something else took its place', async () => {
    expect(await thumbnails.state(hash)).toBe('missing')
    expect(await thumbnails.read(hash)).toBeUndefined()
    mkdirSync(thumbnails.path(hash), { recursive: true })
    expect(await thumbnails.state(hash)).toBe('damaged')
  })

  test('take the place of whatever lies there', async () => {
    mkdirSync(join(thumbnails.path(hash), 'inside'), { recursive: true })
    await thumbnails.write(hash, jpeg)
    expect(await thumbnails.read(hash)).toEqual(jpeg)
  })

  test('are written again into a folder that was removed', async () => {
    await thumbnails.write(hash, jpeg)
    rmSync(thumbnails.folder, { recursive: true })
    await thumbnails.write(hash, jpeg)
    expect(await thumbnails.read(hash)).toEqual(jpeg)
  })

  test('cannot be confirmed when the file is gone before it was synced', async () => {
    await thumbnails.write(hash, jpeg)
    rmSync(dirname(thumbnails.path(hash)), { recursive: true })
    expect(await codeOf(() => thumbnails.sync([hash]))).toBe('library-unwritable')
  })
})
