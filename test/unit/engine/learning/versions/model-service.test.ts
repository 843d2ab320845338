import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Backbones } from '../../../../../electron/engine/vision/backbones.ts'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { embed, headToParameters, type Head } from '../../../../../electron/engine/vision/head/head.ts'
import type { BundledModel } from '../../../../../electron/engine/vision/network/model-card.ts'
import { registerBundledModel } from '../../../../../electron/engine/vision/model-versions.ts'
import { EmbeddingIndex } from '../../../../../electron/engine/retrieval/index/embedding-index.ts'
import { indexHost } from '../../../../../electron/engine/retrieval/index/index-host.ts'
import { JobRunner } from '../../../../../electron/engine/runtime/jobs/job-runner.ts'
import { silentLog } from '../../../../../electron/engine/runtime/log.ts'
import { ThumbnailCache } from '../../../../../electron/engine/media/thumbnails.ts'
import { unpackHead, packHead } from '../../../../../electron/engine/learning/versions/head-file.ts'
import { ModelService } from '../../../../../electron/engine/learning/versions/model-service.ts'
import type { HeadId, PhotoId } from '../../../../../electron/shared/ids.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import type { TrainingReport } from '../../../../../electron/shared/training-report.ts'
import { wordedReport } from '../../../../support/gate-decisions.ts'
import { codeOf, putSearchable, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
afterAll(() => indexHost().close())

const LENGTH = 6
const BACKBONE = 'cd'.repeat(32)

function madeHead(dimension: number, seed: number | string): Head {
  const random = new Random(`head ${seed}`)
  const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.gauss())
  return {
    inputLength: LENGTH,
    dimension,
    projection: { mean: values(LENGTH), matrix: values(LENGTH * dimension) },
  }
}

const shipped = madeHead(4, 'shipped')
const card = {
  ...{ name: 'starter', file: 'starter.onnx', sha256: BACKBONE },
  input: {
    ...{ name: 'image', layout: 'NCHW', type: 'float32', size: 16, range: [0, 1] },
    ...{ mean: [0, 0, 0], std: [1, 1, 1], crop: 'short side to size, bicubic, centre square' },
  },
  output: { name: 'features', length: LENGTH },
}
const model = {
  card,
  cardText: JSON.stringify(card),
  head: shipped,
  headParameters: headToParameters(shipped),
} as unknown as BundledModel

interface Library {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly models: ModelService
  readonly photos: readonly PhotoId[]
}

async function library(work: (library: Library) => Promise<void>): Promise<void> {
  const folder = scratch.folder()
  const catalog = scratch.catalog(folder)
  const version = registerBundledModel(catalog, model, 5)
  const random = new Random('photos')
  const photos = Array.from({ length: 30 }, (_, i) =>
    putSearchable(
      catalog,
      version,
      `/photos/${i}.jpg`,
      Array.from({ length: LENGTH }, () => random.gauss()),
    ),
  )
  const { index } = await EmbeddingIndex.open(catalog, join(folder, 'index.kindred'), version)
  const jobs = new JobRunner(catalog.jobs, silentLog, () => 7)
  const thumbnails = ThumbnailCache.open(join(folder, 'thumbnails'))
  const models = new ModelService({
    ...{ catalog, index, jobs, model, thumbnails, log: silentLog, now: () => 9 },
    backbones: new Backbones(catalog, model, join(folder, 'models')),
  })
  try {
    await work({ catalog, index, jobs, models, photos })
  } finally {
    await jobs.stopAll()
    await index.close()
  }
}

const names = (models: ModelService): string[] => models.list().map(({ name }) => name)
const portable = (name: string, seed = 1, dimension = 5): Buffer =>
  packHead({ name, backbone: BACKBONE, head: madeHead(dimension, seed) })

describe('model service: list, find and report', () => {
  test('lists the versions that came with the program at first', () =>
    library(async ({ models }) => {
      expect(models.list()).toMatchObject([
        {
          name: 'starter-raw',
          origin: 'bundled',
          active: false,
          dimension: LENGTH,
          createdAt: 5,
          accepted: null,
        },
        { name: 'starter', origin: 'bundled', active: true, dimension: 4, albums: null, before: null },
      ])
      expect(await codeOf(() => models.report(models.find('starter').id))).toBe('head-not-found')
    }))

  test('finds versions by name and by number', () =>
    library(async ({ models }) => {
      const { id } = models.find('starter-raw')
      expect(models.find(String(id)).name).toBe('starter-raw')
      for (const unknown of ['nothing', '999', '', '-1', '1.5'])
        expect(await codeOf(() => models.find(unknown))).toBe('head-not-found')
      expect(() => models.find('nothing')).toThrow('only: starter, starter-raw')
    }))

  test('lists a version with the figures of its report', () =>
    library(async ({ catalog, models, photos }) => {
      const { backboneId } = models.version(models.find('starter').id)
      const id = catalog.models.addHead(backboneId, 'trained-1', 5, headToParameters(madeHead(5, 1)), 9)
      const report = {
        ...wordedReport,
        albums: 3,
        photos: 20,
        createdAt: 9,
        model: 'trained-1',
      } as TrainingReport
      catalog.trainings.add(id, report, photos)
      expect(models.list()[0]).toMatchObject({
        name: 'trained-1',
        origin: 'trained',
        accepted: false,
        albums: 3,
      })
      expect(models.report(id)).toEqual(report)
      expect(catalog.trainings.seen(id)).toEqual(new Set(photos))
      await Promise.resolve()
    }))
})

describe('model service: export and import', () => {
  test('gives the same head in another library', () =>
    library(async ({ models }) => {
      const { name, file } = models.export(models.find('starter').id)
      expect(name).toBe('starter.kindredhead')
      expect(unpackHead(file)).toMatchObject({ name: 'starter', backbone: BACKBONE })
      await library(async elsewhere => {
        const taken = elsewhere.models.import(file)
        expect(taken).toMatchObject({
          name: 'starter-1',
          origin: 'imported',
          active: false,
          createdAt: 9,
          dimension: 4,
        })
        // Not used before somebody chooses it.
        expect(elsewhere.index.version.name).toBe('starter')
        const used = await elsewhere.models.use(taken.id).done
        expect(used).toMatchObject({ name: 'starter-1', active: true })
        expect(elsewhere.catalog.models.activeHead()?.name).toBe('starter-1')
        const features = Float32Array.from({ length: 3 * LENGTH }, (_, i) => Math.sin(i))
        const [given, got] = [embed(shipped, features), embed(elsewhere.index.version.head, features)]
        for (const [i, value] of given.entries()) expect(got[i]).toBeCloseTo(value, 2)
        // What was measured before goes on being so.
        expect(elsewhere.models.list().filter(({ active }) => active)).toHaveLength(1)
      })
    }))

  test('keeps the name of a head where it is free, and numbers it otherwise', () =>
    library(async ({ models }) => {
      expect(models.import(portable('holiday')).name).toBe('holiday')
      expect(models.import(portable('holiday')).name).toBe('holiday-1')
      expect(models.import(portable('holiday')).name).toBe('holiday-2')
      expect(names(models)).toEqual(['holiday-2', 'holiday-1', 'holiday', 'starter-raw', 'starter'])
      await Promise.resolve()
    }))

  test('refuses a head of another backbone, and other files', () =>
    library(async ({ models }) => {
      const before = names(models)
      const foreign = packHead({ name: 'foreign', backbone: 'ef'.repeat(32), head: madeHead(5, 1) })
      expect(await codeOf(() => models.import(foreign))).toBe('head-invalid')
      expect(() => models.import(foreign)).toThrow('“foreign” was made for another backbone')
      const short: Head = {
        inputLength: 3,
        dimension: 2,
        projection: { mean: new Float32Array(3), matrix: new Float32Array(6) },
      }
      expect(
        await codeOf(() => models.import(packHead({ name: 'short', backbone: BACKBONE, head: short }))),
      ).toBe('head-invalid')
      expect(await codeOf(() => models.import(Buffer.from('no head')))).toBe('head-invalid')
      expect(names(models)).toEqual(before)
    }))

  test('exports no head of the backbone itself, or of an unknown version', () =>
    library(async ({ models }) => {
      expect(await codeOf(() => models.export(models.find('starter-raw').id))).toBe('head-invalid')
      expect(await codeOf(() => models.export(999))).toBe('head-not-found')
    }))
})

describe('model service: use', () => {
  test('switching there and back leaves everything as it was', () =>
    library(async ({ index, models }) => {
      const query = Float32Array.of(1, 0, 0, 0)
      const before = await index.search(query, 30)
      await models.use(models.find('starter-raw').id).done
      expect(index.version.name).toBe('starter-raw')
      expect(await index.search(Float32Array.of(1, 0, 0, 0, 0, 0), 30)).toHaveLength(30)
      await models.use(models.find('starter').id).done
      expect(await index.search(query, 30)).toEqual(before)
    }))

  test('refuses an unknown version', () =>
    library(async ({ models, index }) => {
      expect(await codeOf(() => models.use(999))).toBe('head-not-found')
      expect(index.version.name).toBe('starter')
    }))

  test('stops on a signal, and all stays as it was', () =>
    library(async ({ catalog, models, index }) => {
      const stopped = AbortSignal.abort()
      expect(await codeOf(() => models.use(models.find('starter-raw').id, { signal: stopped }).done)).toBe(
        'cancelled',
      )
      expect(index.version.name).toBe('starter')
      expect(catalog.models.activeHead()?.name).toBe('starter')
      expect(await index.search(Float32Array.of(1, 0, 0, 0), 30)).toHaveLength(30)
    }))
})

describe('model service: train', () => {
  test('fails without trainable albums, and can be started again', () =>
    library(async ({ catalog, models, photos }) => {
      expect(models.training).toBe(false)
      const first = models.train({ seed: 1, deep: false })
      expect(models.training).toBe(true)
      expect(await codeOf(() => models.train({ seed: 1, deep: false }))).toBe('training-running')
      expect(await codeOf(() => first.done)).toBe('no-albums')
      expect(models.training).toBe(false)
      expect(
        await codeOf(() => models.train({ seed: 1, deep: false }, { signal: AbortSignal.abort() }).done),
      ).toMatch(/cancelled|no-albums/)
      expect([models.training, models.live]).toEqual([false, null])
      // Nothing was learned, so nothing has been taken in.
      catalog.albumCommands.create('Cats', photos.slice(0, 3))
      expect(await codeOf(() => models.train({ seed: 1, deep: false }).done)).toBe('no-albums')
      expect(catalog.albums.labelChanges).toBe(3)
      expect(names(models)).toEqual(['starter-raw', 'starter'])
    }))
})

describe('model service: find', () => {
  test('prefers names to numbers', () =>
    library(async ({ models }) => {
      const { id } = models.import(portable('2'))
      // Names go first.
      expect(models.find('2').id).toBe(id)
      expect(models.find(String(id)).id).toBe(id)
      expect(models.version(id satisfies number as HeadId).name).toBe('2')
      await Promise.resolve()
    }))
})
