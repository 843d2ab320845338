import fc from 'fast-check'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { classesByFolder, evaluate } from '../../../../../electron/engine/learning/evaluation/evaluate.ts'
import {
  assess,
  summarise,
  type QueryQuality,
} from '../../../../../electron/engine/learning/evaluation/metrics.ts'
import { indexHost } from '../../../../../electron/engine/retrieval/index/index-host.ts'
import { ProgressMeter } from '../../../../../electron/engine/runtime/jobs/progress.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { codeOf, putPhoto, putSearchable, rawVersion, Scratch, stamp } from '../../scratch.ts'

const scratch = new Scratch()
afterAll(() => indexHost().close())

/** The definitions again, word for word and without any thrift. */
function naive(relevant: readonly boolean[], r: number): QueryQuality {
  const precisionAt = (i: number): number => relevant.slice(0, i).filter(Boolean).length / i
  const ranks = Array.from({ length: r }, (_, i) => i + 1)
  return {
    hitAt1: Number(relevant.slice(0, 1).some(Boolean)),
    hitAt10: Number(relevant.slice(0, 10).some(Boolean)),
    rPrecision: relevant.slice(0, r).filter(Boolean).length / r,
    averagePrecisionAtR: ranks.reduce((sum, i) => sum + (relevant[i - 1] ? precisionAt(i) : 0), 0) / r,
  }
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
const quiet = new ProgressMeter(() => undefined)
const never = new AbortController().signal

describe('assess', () => {
  test.each<[string, boolean[], number, QueryQuality]>([
    [
      'first of two',
      [true, false, true],
      2,
      { hitAt1: 1, hitAt10: 1, rPrecision: 0.5, averagePrecisionAtR: 0.5 },
    ],
    [
      'second of two',
      [false, true],
      2,
      { hitAt1: 0, hitAt10: 1, rPrecision: 0.5, averagePrecisionAtR: 0.25 },
    ],
    [
      'beyond R only',
      [false, false, true],
      2,
      { hitAt1: 0, hitAt10: 1, rPrecision: 0, averagePrecisionAtR: 0 },
    ],
    [
      'fewer answers than R',
      [true],
      4,
      { hitAt1: 1, hitAt10: 1, rPrecision: 0.25, averagePrecisionAtR: 0.25 },
    ],
    [
      'at rank eleven',
      [...Array<boolean>(10).fill(false), true],
      1,
      { hitAt1: 0, hitAt10: 0, rPrecision: 0, averagePrecisionAtR: 0 },
    ],
    ['no answer', [], 3, { hitAt1: 0, hitAt10: 0, rPrecision: 0, averagePrecisionAtR: 0 }],
  ])('%s', (_, relevant, r, expected) => expect(assess(relevant, r)).toEqual(expected))

  test('follows the definitions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (relevant, r) => {
          const [actual, expected] = [assess(relevant, r), naive(relevant, r)]
          for (const key of Object.keys(expected) as (keyof QueryQuality)[])
            expect(actual[key]).toBeCloseTo(expected[key], 12)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('summarise', () => {
  const qualities = fc.array(
    fc.record({
      hitAt1: fc.constantFrom(0, 1),
      hitAt10: fc.constantFrom(0, 1),
      rPrecision: fc.double({ min: 0, max: 1, noNaN: true }),
      averagePrecisionAtR: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 30 },
  )

  test('returns the mean, within an interval that is the same each time', () => {
    fc.assert(
      fc.property(qualities, queries => {
        const { recallAt1, recallAt10, rPrecision, mapAtR, interval, queries: count } = summarise(queries)
        expect(count).toBe(queries.length)
        expect(recallAt1).toBeCloseTo(average(queries.map(({ hitAt1 }) => hitAt1)), 12)
        expect(recallAt10).toBeCloseTo(average(queries.map(({ hitAt10 }) => hitAt10)), 12)
        expect(rPrecision).toBeCloseTo(average(queries.map(query => query.rPrecision)), 12)
        expect(mapAtR).toBeCloseTo(average(queries.map(query => query.averagePrecisionAtR)), 12)
        for (const [mean, [low, high]] of [
          [recallAt1, interval.recallAt1],
          [mapAtR, interval.mapAtR],
        ] as const) {
          expect(low).toBeLessThanOrEqual(mean + 1e-9)
          expect(high).toBeGreaterThanOrEqual(mean - 1e-9)
        }
        expect(summarise(queries).interval).toEqual(interval)
      }),
      { numRuns: 40 },
    )
  })

  test('returns the interval of the theory: 1.96 standard errors to either side', () => {
    const queries = Array.from({ length: 1000 }, (_, i) => naive([i % 5 === 0], 1))
    const [low, high] = summarise(queries).interval.recallAt1
    const error = Math.sqrt((0.2 * 0.8) / 1000)
    expect(low).toBeCloseTo(0.2 - 1.96 * error, 2)
    expect(high).toBeCloseTo(0.2 + 1.96 * error, 2)
    expect(summarise(queries, 2).interval).not.toEqual(summarise(queries, 1).interval)
  })

  test('returns a point where all queries are alike, and zeros without queries', () => {
    expect(summarise(Array.from({ length: 9 }, () => naive([true], 1))).interval.mapAtR).toEqual([1, 1])
    expect(summarise([])).toMatchObject({ queries: 0, recallAt1: 0, mapAtR: 0, interval: { mapAtR: [0, 0] } })
  })
})

describe('evaluate', () => {
  test('agrees with a naive search over the same features', async () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 8)
    const random = new Random('evaluate')
    const centres = Array.from({ length: 5 }, () => Array.from({ length: 8 }, () => random.gauss()))
    const labels = new Map<number, number>()
    // The last class has one photo: it can be found, but is no query.
    for (const [c, size] of [70, 90, 60, 80, 1].entries())
      for (let i = 0; i < size; i++) {
        const features = centres[c]!.map(value => value + 1.2 * random.gauss())
        labels.set(putSearchable(catalog, version, `/class ${c}/${i}.jpg`, features), c)
      }
    const photos = classesByFolder(catalog, version)
    expect(photos.ids.map((id, i) => [id, photos.classesOf[i]])).toEqual(
      [...labels].map(([id, c]) => [id, [c]]),
    )
    const result = await evaluate(catalog, version, photos, quiet, never)

    const vectors = photos.ids.map(id => {
      const features = [...catalog.features.asFloat32(version.backboneId, id, PIPELINE_VERSION)!]
      return features.map(value => value / Math.hypot(...features))
    })
    const quality = photos.ids.flatMap((id, q) => {
      const others = photos.ids
        .map((other, n) => ({
          other,
          distance: Math.hypot(...vectors[n]!.map((value, i) => value - vectors[q]![i]!)),
        }))
        .filter(({ other }) => other !== id)
        .sort((a, b) => a.distance - b.distance)
        .map(({ other }) => labels.get(other) === labels.get(id))
      const r = others.filter(Boolean).length
      return r === 0 ? [] : [naive(others, r)]
    })
    expect(result).toMatchObject({ queries: 300, photos: 301, classes: 4, ambiguous: 0, model: 'raw' })
    expect(result.recallAt1).toBeCloseTo(average(quality.map(({ hitAt1 }) => hitAt1)), 9)
    expect(result.recallAt10).toBeCloseTo(average(quality.map(({ hitAt10 }) => hitAt10)), 9)
    expect(result.rPrecision).toBeCloseTo(average(quality.map(({ rPrecision }) => rPrecision)), 9)
    expect(result.mapAtR).toBeCloseTo(average(quality.map(query => query.averagePrecisionAtR)), 9)
    expect(result.recallAt1).toBeGreaterThan(0.3)
    expect(result.mapAtR).toBeLessThan(0.95)
  })

  test('leaves out photos in several folders, and missing ones', () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 2)
    const twice = putSearchable(catalog, version, '/a/1.jpg', [1, 0])
    catalog.files.record('/b/1.jpg', stamp, { state: 'present', photoId: twice }, PIPELINE_VERSION)
    const sameFolder = putSearchable(catalog, version, '/a/2.jpg', [1, 0])
    catalog.files.record('/a/2 copy.jpg', stamp, { state: 'present', photoId: sameFolder }, PIPELINE_VERSION)
    putSearchable(catalog, version, '/a/3.jpg', [0, 1])
    catalog.files.markMissing(catalog.files.byPath('/a/3.jpg')!.id)
    putPhoto(catalog, '/a/without features.jpg')
    expect(classesByFolder(catalog, version)).toEqual({
      ids: [sameFolder],
      classesOf: [[0]],
      queries: [0],
      ambiguous: 1,
    })
  })

  test('keeps folders of one name in different places apart', () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 2)
    for (const folder of ['2023', '2024'].map(year => join('/', year, 'beach')))
      putSearchable(catalog, version, join(folder, '1.jpg'), [1, 0])
    expect(classesByFolder(catalog, version)).toMatchObject({ classesOf: [[0], [1]] })
  })

  test('throws where there is nothing to measure, and stops on a signal', async () => {
    const catalog = scratch.catalog()
    const version = rawVersion(catalog, 2)
    const run = (signal: AbortSignal) =>
      evaluate(catalog, version, classesByFolder(catalog, version), quiet, signal)
    expect(await codeOf(() => run(never))).toBe('no-classes')
    putSearchable(catalog, version, '/a/1.jpg', [1, 0])
    putSearchable(catalog, version, '/b/1.jpg', [0, 1])
    expect(await codeOf(() => run(never))).toBe('no-classes')
    putSearchable(catalog, version, '/a/2.jpg', [1, 0.1])
    expect(await run(never)).toMatchObject({ queries: 2, recallAt1: 1, classes: 1 })
    await expect(run(AbortSignal.abort())).rejects.toThrow()
  })
})
