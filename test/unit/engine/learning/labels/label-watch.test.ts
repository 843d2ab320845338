import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LabelWatch } from '../../../../../electron/engine/learning/labels/label-watch.ts'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import type { EmbeddingIndex } from '../../../../../electron/engine/retrieval/index/embedding-index.ts'
import { silentLog } from '../../../../../electron/engine/runtime/log.ts'
import type { ModelVersion } from '../../../../../electron/engine/vision/model-versions.ts'
import { rawVersion, Scratch } from '../../scratch.ts'
import { Album } from '../versions/labelled.ts'

const scratch = new Scratch()
let catalog: Catalog
let version: ModelVersion
let watch: LabelWatch
let changes: number

beforeEach(() => {
  catalog = scratch.catalog()
  version = rawVersion(catalog, 4)
  changes = 0
  watch = new LabelWatch({ catalog, index: { version } as unknown as EmbeddingIndex, log: silentLog })
  watch.onChange(() => changes++)
})
afterEach(() => watch.close())

describe('label watch', () => {
  test('returns at once what it knows, and tells when it knows more', async () => {
    expect(watch.summary).toMatchObject({ albums: 0, photos: 0, labelled: 0 })
    expect(watch.summary.blocked).toMatchObject({ fewestAlbums: 2, trainable: 0 })
    for (const name of ['Cats', 'Dogs']) new Album(catalog, version, name, 10)
    expect(watch.fresh).toBe(false)
    expect(watch.summary).toMatchObject({ albums: 0 })
    await expect.poll(() => changes).toBeGreaterThan(0)
    await expect.poll(() => watch.summary).toEqual({ albums: 2, photos: 20, labelled: 20, blocked: null })
    await expect.poll(() => watch.fresh).toBe(true)
  })

  test('does not read the catalog any more once it is closed, though a refresh was on its way', async () => {
    new Album(catalog, version, 'Cats', 10)
    const refreshed = watch.refresh()
    new Album(catalog, version, 'Dogs', 10)
    await watch.close()
    catalog.close()
    await expect(refreshed).resolves.toBeUndefined()
    expect(watch.summary).toBeDefined()
  })

  test('a refresh waits for the labels as they are now, also where they change meanwhile', async () => {
    const refreshed = watch.refresh()
    const [cats] = ['Cats', 'Dogs'].map(name => new Album(catalog, version, name, 10))
    await refreshed
    await watch.refresh()
    expect(watch.summary).toEqual({ albums: 2, photos: 20, labelled: 20, blocked: null })
    catalog.albumCommands.setUsedForTraining(cats!.id, false)
    await Promise.all([watch.refresh(), watch.refresh()])
    expect(watch.summary).toMatchObject({ albums: 1, photos: 10 })
    expect(watch.summary.blocked).toMatchObject({ trainable: 1 })
  })

  test('keeps what it knows where the labels cannot be read', async () => {
    new Album(catalog, version, 'Cats', 10)
    await watch.refresh()
    const lost = new LabelWatch({
      catalog: Object.create(catalog, { file: { value: `${catalog.file}-gone` } }) as Catalog,
      index: { version } as unknown as EmbeddingIndex,
      log: silentLog,
    })
    await lost.refresh()
    expect(lost.summary).toMatchObject({ albums: 0, labelled: 0 })
    await lost.close()
    expect(watch.summary).toMatchObject({ albums: 1, labelled: 10 })
  })
})
