import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { headFromParameters } from '../../../../../electron/engine/vision/head/head.ts'
import {
  EmbeddingIndex,
  type Recovery,
} from '../../../../../electron/engine/retrieval/index/embedding-index.ts'
import {
  BODY,
  readIndexHeader,
  writeIndexFile,
  type IndexHeader,
} from '../../../../../electron/engine/retrieval/index/index-file.ts'
import { indexHost } from '../../../../../electron/engine/retrieval/index/index-host.ts'
import type { ModelVersion } from '../../../../../electron/engine/vision/model-versions.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { readIndexFile } from '../../../../support/index-contents.ts'
import { codeOf, putSearchable, rawVersion, Scratch } from '../../scratch.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'

const scratch = new Scratch()
afterAll(() => indexHost().close())

const DIMENSION = 6

interface Setting {
  readonly catalog: Catalog
  readonly version: ModelVersion
  readonly file: string
  readonly photos: readonly PhotoId[]
}

function library(count = 20): Setting {
  const folder = scratch.folder()
  const catalog = scratch.catalog(folder)
  const version = rawVersion(catalog, DIMENSION)
  const random = new Random('library')
  const photos = Array.from({ length: count }, (_, i) =>
    putSearchable(catalog, version, `/photos/${i}.jpg`, direction(random)),
  )
  return { catalog, version, file: join(folder, 'index.kindred'), photos }
}

const direction = (random: Random): number[] => Array.from({ length: DIMENSION }, () => random.gauss())

/** Opens the index, passes it to `look`, closes it. Returns what opening had to do. */
async function opened(
  { catalog, version, file }: Setting,
  look: (index: EmbeddingIndex) => unknown = () => undefined,
): Promise<Recovery> {
  const { index, recovery } = await EmbeddingIndex.open(catalog, file, version)
  await look(index)
  await index.close()
  return recovery
}

/** Expects of a search what sorting the catalog's features by distance returns. */
async function expectExact(setting: Setting, index: EmbeddingIndex): Promise<void> {
  const { catalog, version } = setting
  const ids = catalog.features.searchableIds(version.backboneId, PIPELINE_VERSION)
  expect(index.size).toBe(ids.length)
  const query = unit(direction(new Random('query')))
  const expected = ids
    .map(id => {
      const vector = unit([...catalog.features.asFloat32(version.backboneId, id, PIPELINE_VERSION)!])
      return { id, distance: Math.hypot(...vector.map((value, i) => value - query[i]!)) }
    })
    .sort((a, b) => a.distance - b.distance)
  const found = await index.search(Float32Array.from(query), ids.length + 5)
  expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
  for (const [i, { distance }] of found.entries()) expect(distance).toBeCloseTo(expected[i]!.distance, 4)
}

const unit = (vector: readonly number[]): number[] => vector.map(value => value / Math.hypot(...vector))

describe('embedding index: opening', () => {
  test('makes the index where there is none, and reads it the next time', async () => {
    const setting = library()
    expect(await opened(setting, index => expectExact(setting, index))).toBe('rebuilt')
    const { ino, mtimeMs } = statSync(setting.file)
    expect(await opened(setting, index => expectExact(setting, index))).toBe('none')
    // Unchanged, so not written again.
    expect(statSync(setting.file)).toMatchObject({ ino, mtimeMs })
  })

  test('has nothing to do for an empty library', async () => {
    const setting = library(0)
    expect(await opened(setting)).toBe('none')
    expect(
      await opened(setting, async index =>
        expect(await index.search(new Float32Array(DIMENSION), 3)).toEqual([]),
      ),
    ).toBe('none')
  })

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -10)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('something else')],
    ['damaged within', (bytes: Buffer) => bytes.fill(0x55, bytes.length - 40, bytes.length - 20)],
  ])('makes the index anew where the file is %s', async (_, damage) => {
    const setting = library()
    await opened(setting)
    const whole = readFileSync(setting.file)
    writeFileSync(setting.file, damage(Buffer.from(whole)))
    expect(await opened(setting, index => expectExact(setting, index))).toBe('rebuilt')
    expect(await opened(setting)).toBe('none')
  })

  test('makes the index anew for another head', async () => {
    const setting = library()
    await opened(setting)
    const matrix = Float32Array.from({ length: DIMENSION * 3 }, (_, i) => Math.cos(i))
    const parameters = Buffer.concat(
      [new Float32Array(DIMENSION), matrix].map(part => Buffer.from(part.buffer)),
    )
    const { catalog, version } = setting
    const headId = catalog.models.ensureHead(version.backboneId, 'other', 3, parameters, 0)
    const other = { ...version, headId, name: 'other', head: headFromParameters(parameters, DIMENSION) }
    const recovery = await opened({ ...setting, version: other }, async index => {
      expect(index.size).toBe(20)
      expect(await index.search(Float32Array.of(1, 0, 0), 4)).toHaveLength(4)
    })
    expect(recovery).toBe('rebuilt')
    // Another head of the same length is another one all the same.
    const twin = {
      ...version,
      headId: catalog.models.ensureHead(version.backboneId, 'twin', DIMENSION, null, 0),
    }
    await opened(setting)
    expect(await opened({ ...setting, version: twin })).toBe('rebuilt')
  })

  test('makes the index anew where another kind of store wrote the file', async () => {
    const setting = library()
    await opened(setting)
    rewriteHeader(setting.file, { kind: 'some-other-index' })
    expect(await opened(setting, index => expectExact(setting, index))).toBe('rebuilt')
  })

  test('takes over what was added and removed since', async () => {
    const setting = library()
    const { catalog, version } = setting
    await opened(setting)
    const fresh = putSearchable(catalog, version, '/photos/new.jpg', direction(new Random('new')))
    for (const name of ['3', '0', '19'])
      catalog.files.markMissing(catalog.files.byPath(`/photos/${name}.jpg`)!.id)
    catalog.settings.bumpGeneration()
    const recovery = await opened(setting, async index => {
      expect(index.size).toBe(18)
      expect([index.has(fresh), index.has(setting.photos[3]!)]).toEqual([true, false])
      await expectExact(setting, index)
    })
    expect(recovery).toBe('caught-up')
    expect(await opened(setting)).toBe('none')
  })

  test('does nothing where only the generation differs', async () => {
    const setting = library()
    await opened(setting)
    setting.catalog.settings.bumpGeneration()
    expect(await opened(setting, index => expectExact(setting, index))).toBe('none')
  })

  test('rebuilds more photos than fit into one call to the index thread', async () => {
    const setting = library(1100)
    expect(await opened(setting, index => expectExact(setting, index))).toBe('rebuilt')
  })

  test('takes over nothing that an older pipeline made', async () => {
    const setting = library()
    const { catalog } = setting
    await opened(setting)
    // As after PIPELINE_VERSION was raised: all features in the catalog are of the one before.
    catalog.db.prepare('UPDATE features SET pipeline = ?').run(PIPELINE_VERSION - 1)
    rewriteHeader(setting.file, { pipeline: PIPELINE_VERSION - 1 })
    const { index } = await EmbeddingIndex.open(catalog, setting.file, setting.version)
    const size = index.size
    await index.close()
    expect(size).toBe(0)
  })
})

/** The same ids and vectors under another header. */
function rewriteHeader(file: string, changes: Partial<IndexHeader>): void {
  const about = readIndexHeader(file)!
  const body = readFileSync(file).subarray(BODY)
  writeIndexFile(file, { ...about, ...changes }, temporary => {
    appendFileSync(temporary, body)
    return about.count
  })
}

describe('embedding index: open', () => {
  test('follows additions and removals, repeated ones too, and keeps them when closed', async () => {
    const setting = library()
    const { catalog, version, photos } = setting
    await opened(setting, async index => {
      const fresh = putSearchable(catalog, version, '/photos/new.jpg', direction(new Random('new')))
      await index.add([fresh])
      await index.add([fresh, photos[0]!])
      await expectExact(setting, index)
      catalog.files.markMissing(catalog.files.byPath('/photos/5.jpg')!.id)
      await index.remove([photos[5]!])
      await index.remove([photos[5]!, 99_999 as PhotoId])
      await index.add([])
      await index.remove([])
      await expectExact(setting, index)
    })
    const stored = readIndexFile(setting.file)!
    expect(stored.header).toMatchObject({ count: 20, generation: catalog.settings.generation() })
    expect(await opened(setting, index => expectExact(setting, index))).toBe('none')
  })

  test('lets timers run, however many searches follow one another', async () => {
    const setting = library()
    await opened(setting, async index => {
      let turns = 0
      const timer = setInterval(() => turns++, 1)
      // Were each result there at once, searches in a row would never let a timer run.
      for (let asked = 0; asked < 1e6 && turns < 5; asked++)
        await index.search(Float32Array.of(1, 0, 0, 0, 0, 0), 3)
      clearInterval(timer)
      expect(turns).toBeGreaterThanOrEqual(5)
    })
  })

  test('returns k photos, or all where there are fewer', async () => {
    const setting = library()
    await opened(setting, async index => {
      const query = Float32Array.of(1, 0, 0, 0, 0, 0)
      for (const [k, expected] of [
        [0, 0],
        [1, 1],
        [19, 19],
        [20, 20],
        [21, 20],
        [100_000, 20],
      ] as const)
        expect(await index.search(query, k)).toHaveLength(expected)
    })
  })

  test('loads itself into a new thread where the old one has died', async () => {
    const setting = library()
    const { index } = await EmbeddingIndex.open(setting.catalog, setting.file, setting.version)
    const host = indexHost()
    await host.close()
    expect(host.alive).toBe(false)
    await expectExact(setting, index)
    expect(indexHost()).not.toBe(host)
    await index.close()
    expect(existsSync(setting.file)).toBe(true)
  })

  test('rejects an addition where the thread has died, and makes up for it at the next search', async () => {
    const setting = library()
    const { catalog, version } = setting
    const { index } = await EmbeddingIndex.open(catalog, setting.file, version)
    await indexHost().close()
    const features = direction(new Random('new'))
    const fresh = putSearchable(catalog, version, '/photos/new.jpg', features)
    expect(await codeOf(() => index.add([fresh]))).toBe('worker-gone')
    expect((await index.search(Float32Array.from(unit(features)), 1))[0]?.id).toBe(fresh)
    await expectExact(setting, index)
    await index.close()
  })
})
