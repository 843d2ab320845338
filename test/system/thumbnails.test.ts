import { rmSync, truncateSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { PhotoImages } from '../../electron/engine/retrieval/photo-images.ts'
import type { PhotoId } from '../../electron/shared/ids.ts'
import { makeLibrary, type MadeLibrary } from '../support/made-library.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'

describe('thumbnails that were lost', () => {
  let made: MadeLibrary
  let engine: Engine
  let photos: PhotoId[]
  beforeAll(async () => {
    made = await makeLibrary(1, true, 600)
    engine = await openEngine({ libraryDir: made.libraryDir, resourcesDir: resourcesDir(process.env) })
    photos = engine.catalog.photos.all().map(({ id }) => id)
  })
  beforeEach(() => {
    for (const id of photos) truncateSync(fileOf(id), 0)
  })
  afterAll(async () => {
    await engine.close()
    await made.remove()
  })

  const fileOf = (id: PhotoId): string => engine.thumbnails.path(engine.catalog.photos.byId(id)!.contentHash)
  const isGood = (id: PhotoId): Promise<boolean> =>
    engine.thumbnails.has(engine.catalog.photos.byId(id)!.contentHash)

  /** Counts the thumbnails that are written, and how many at once at most. */
  function watchWrites(): { images: PhotoImages; writes: { count: number; atOnce: number } } {
    const { thumbnails } = engine
    const writes = { count: 0, atOnce: 0 }
    let now = 0
    const watched = new Proxy(thumbnails, {
      get: (target, name) =>
        name === 'write'
          ? async (hash: Buffer, jpeg: Buffer) => {
              writes.count++
              writes.atOnce = Math.max(writes.atOnce, ++now)
              await target.write(hash, jpeg)
              now--
            }
          : (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target),
    })
    const images = new PhotoImages({ ...engine, thumbnails: watched })
    return { images, writes }
  }

  test('are made again as they are viewed, a few at once and each of them once', async () => {
    const generation = engine.catalog.settings.generation()
    const { images, writes } = watchWrites()
    const views = await Promise.all([...photos, ...photos].map(id => images.thumbnail(id)))
    for (const jpeg of views) expect(jpeg.readUInt16BE(0)).toBe(0xffd8)
    for (const id of photos) expect(await isGood(id)).toBe(true)
    expect(writes.count).toBe(photos.length)
    expect(writes.atOnce).toBeLessThanOrEqual(2)
    // Nothing but the picture was made again: the index has nothing to catch up with.
    expect(engine.catalog.settings.generation()).toBe(generation)
  })

  test('are made once for two requests at the same moment', async () => {
    const { images, writes } = watchWrites()
    const [first, second] = await Promise.all([images.thumbnail(photos[0]!), images.thumbnail(photos[0]!)])
    expect(second.equals(first)).toBe(true)
    expect(writes.count).toBe(1)
  })

  test('are not made for requests that were given up', async () => {
    const { images, writes } = watchWrites()
    const givenUp = new AbortController()
    const views = photos.map(id => images.thumbnail(id, givenUp.signal))
    const last = images.thumbnail(photos.at(-1)!)
    givenUp.abort()
    const settled = await Promise.allSettled(views)
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
    expect((await last).readUInt16BE(0)).toBe(0xffd8)
    expect(writes.count).toBe(1)
  })

  test('are counted by the doctor, and made again when it repairs', async () => {
    rmSync(fileOf(photos[0]!))
    rmSync(fileOf(photos[1]!))
    const message = `2 thumbnails are missing and ${photos.length - 2} are damaged.`
    const found = await engine.diagnostics.doctor()
    expect(found.problems).toEqual([{ code: 'thumbnails-bad', message, repaired: false }])
    const repaired = await engine.diagnostics.doctor(true)
    expect(repaired.problems).toEqual([{ code: 'thumbnails-bad', message, repaired: true }])
    expect(repaired.ok).toBe(true)
    expect((await engine.diagnostics.doctor()).problems).toEqual([])
  })

  test('are made again by an import that reads the files again', async () => {
    engine.catalog.db.exec('DELETE FROM file')
    await engine.library.import([made.photos])
    for (const id of photos) expect(await isGood(id)).toBe(true)
  })
})
