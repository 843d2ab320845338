import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { writeSamples } from '../../samples/samples.ts'
import { writeSmallResources } from '../support/runtimes/small-resources.ts'

/** Kinds that differ in colour as well as in form: a network of four layers can learn them. */
const KINDS = ['citrus', 'auroras', 'dunes', 'sailboats'] as const

describe('deep training (a small network from random weights)', () => {
  let folder: string
  let resourcesDir: string
  let photos: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kindred-deep-'))
    resourcesDir = join(folder, 'resources')
    photos = join(folder, 'photos')
    writeSmallResources(resourcesDir)
    await writeSamples(photos, { perKind: 16, seed: 5, kinds: [...KINDS], longEdge: 96 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const open = (name: string): Promise<Engine> => openEngine({ libraryDir: join(folder, name), resourcesDir })

  async function openWithAlbums(name: string): Promise<Engine> {
    const engine = await open(name)
    await engine.albums.importer.start(photos).done
    expect(engine.albums.queries.list()).toHaveLength(KINDS.length)
    return engine
  }

  test('is measured by the gate, used with new features for all photos, kept, and replaced again', async () => {
    let engine = await openWithAlbums('library')
    await engine.library.import([photos])
    const first = engine.index.version
    const report = await engine.models.train({ seed: 1, deep: true }).done
    expect(report).toMatchObject({ deep: true, folds: 1, previous: 'small', model: 'deep-1', albums: 4 })
    const losses = report.curve.map(({ loss }) => loss)
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 10)))
    expect(report.after.mapAtR).toBeGreaterThan(report.before.mapAtR)

    if (!report.accepted) await engine.models.use(engine.models.find('deep-1').id).done
    const deep = engine.index.version
    expect(deep.name).toBe('deep-1')
    expect(deep.backboneId).not.toBe(first.backboneId)
    expect(engine.index.size).toBe(64)
    expect(readdirSync(join(folder, 'library', 'models'))).toHaveLength(1)
    const [photo] = engine.overview.photos()
    const before = await engine.search.nearest({ images: [{ id: photo!.id }], k: 10 })
    expect(before.model).toBe('deep-1')
    expect(await engine.diagnostics.doctor()).toMatchObject({ ok: true, model: 'deep-1' })
    await engine.close()

    engine = await open('library')
    const again = await engine.search.nearest({ images: [{ id: photo!.id }], k: 10 })
    expect(again.photos.map(({ id }) => id)).toEqual(before.photos.map(({ id }) => id))
    // Later photos get features of the network in use.
    const later = join(folder, 'later')
    await writeSamples(later, { perKind: 2, seed: 9, kinds: ['coffee'], longEdge: 96 })
    await engine.library.import([later])
    expect(engine.index.size).toBe(66)

    await engine.models.use(engine.models.find('small').id).done
    expect(engine.index.version.backboneId).toBe(first.backboneId)
    expect(engine.index.size).toBe(66)
    expect(await engine.diagnostics.doctor()).toMatchObject({ ok: true })
    await engine.close()
  })

  test('stops on request, and leaves everything as it was', async () => {
    const engine = await openWithAlbums('stopped')
    const stop = new AbortController()
    const started = engine.models.train({ seed: 1, deep: true }, { signal: stop.signal })
    await expect.poll(() => engine.models.live?.curve.length ?? 0, { timeout: 60_000 }).toBeGreaterThan(3)
    stop.abort()
    await expect(started.done).rejects.toMatchObject({ code: 'cancelled' })
    expect(engine.models.training).toBe(false)
    expect(engine.index.version.name).toBe('small')
    expect(await engine.diagnostics.doctor()).toMatchObject({ ok: true })
    await engine.close()
  })

  test('falls back to the bundled network when the file of the trained one is gone', async () => {
    const engine = await openWithAlbums('fallen')
    await engine.models.train({ seed: 1, deep: true }).done
    await engine.models.use(engine.models.find('deep-1').id).done
    await engine.close()
    rmSync(join(folder, 'fallen', 'models'), { recursive: true })

    const reopened = await open('fallen')
    expect(reopened.index.version.name).toBe('small')
    const [photo] = reopened.overview.photos()
    expect((await reopened.search.nearest({ images: [{ id: photo!.id }] })).model).toBe('small')
    await expect(reopened.models.use(reopened.models.find('deep-1').id).done).rejects.toMatchObject({
      code: 'network-lost',
    })
    await reopened.close()
  })
})
