import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assess, type QueryQuality } from '../../../../../electron/engine/learning/evaluation/metrics.ts'
import {
  judge,
  neighbourhoodsKeep,
  pairedGain,
  weigh,
  type Pairs,
} from '../../../../../electron/engine/learning/evaluation/gate.ts'
import type { Clustering } from '../../../../../electron/engine/learning/evaluation/query-clusters.ts'
import type { RankedResult } from '../../../../../electron/engine/learning/evaluation/retrieval-run.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import type {
  GateDecision,
  GateEvidence,
  TrainingReport,
} from '../../../../../electron/shared/training-report.ts'

const fine: TrainingReport['neighbours'] = {
  photos: 500,
  overlapAt10: 0.6,
  shippedOverlapAt10: 0.6,
  dimensionsBefore: 30,
  dimensionsAfter: 25,
  hubnessBefore: 3,
  hubnessAfter: 4,
  ok: true,
}

const precision = (averagePrecisionAtR: number): QueryQuality => ({
  hitAt1: averagePrecisionAtR > 0.5 ? 1 : 0,
  hitAt10: 1,
  rPrecision: averagePrecisionAtR,
  averagePrecisionAtR,
})

/** A query of a version that finds each photo of its class, among the first R, with this probability. */
function query(random: Random, hit: number, r = 6): QueryQuality {
  return assess(
    Array.from({ length: 10 }, () => random.chance(hit)),
    r,
  )
}

const ALBUMS = 5

/** The queries as the photos of five albums, in five folds, no two of one burst. */
function ranked({ before, after }: Pairs): { pairs: Pairs<RankedResult>; set: Clustering } {
  const result = (quality: QueryQuality, row: number): RankedResult => ({ row, nearest: [], ...quality })
  return {
    pairs: { before: before.map(result), after: after.map(result) },
    set: {
      labels: { albumsOf: after.map((_, row) => [row % ALBUMS]) },
      folds: Int8Array.from(after, (_, row) => Math.floor(row / ALBUMS) % 5),
      groups: Int32Array.from(after.keys()),
    },
  }
}

/** All but the answers themselves, which these queries have none of, is weighed. */
async function decisionOn(
  made: Pairs,
  neighbours = fine,
  tooSmall: TrainingReport['tooSmall'] = [],
  changed: Partial<GateEvidence> = {},
): Promise<GateDecision> {
  const { pairs, set } = ranked(made)
  const evidence = { ...(await weigh(pairs, set, 1)), labels: 0, ...changed }
  return judge(pairs, set, evidence, neighbours, tooSmall)
}

/** How many of so many draws are accepted, the queries of which are as hard as these say. */
async function accepted(
  name: string,
  queries: number,
  draw: (random: Random) => [before: number, after: number],
  draws = 200,
): Promise<number> {
  let count = 0
  for (let time = 0; time < draws; time++) {
    const random = new Random(`${name} ${queries} ${time}`)
    const hard = Array.from({ length: queries }, () => draw(random))
    const pairs: Pairs = {
      before: hard.map(([before]) => query(random, before)),
      after: hard.map(([, after]) => query(random, after)),
    }
    if ((await decisionOn(pairs)).accepted) count++
  }
  return count
}

describe('gate', () => {
  test.each([8, 12, 30, 100])('accepts no difference at most once in twenty: %i queries', async queries => {
    expect(await accepted('equal', queries, () => [0.4, 0.4])).toBeLessThanOrEqual(10)
  })

  test('accepts no difference at most once in twenty where some queries are far easier than others', async () => {
    const draw = (random: Random): [number, number] => {
      const hit = random.chance(0.8) ? 0.02 : 0.95
      return [hit, hit]
    }
    expect(await accepted('uneven', 15, draw)).toBeLessThanOrEqual(10)
    expect(await accepted('uneven', 60, draw)).toBeLessThanOrEqual(10)
  })

  test('accepts nothing that has learned shuffled labels, or that is worse', async () => {
    expect(await accepted('shuffled', 40, () => [0.4, 0.3])).toBe(0)
    expect(await accepted('worse', 40, () => [0.6, 0.3])).toBe(0)
  })

  test('accepts a clear gain', async () => {
    expect(await accepted('better', 40, () => [0.4, 0.7], 40)).toBeGreaterThan(38)
    expect(await accepted('better', 200, () => [0.4, 0.55], 20)).toBeGreaterThan(18)
    const all: Pairs = {
      before: Array.from({ length: 8 }, () => precision(0.2)),
      after: Array.from({ length: 8 }, () => precision(0.9)),
    }
    const { reasonFigures, evidence, ...decision } = await decisionOn(all)
    expect(Math.max(evidence!.bursts, evidence!.albums)).toBeLessThan(evidence!.limit)
    expect(decision).toEqual({ accepted: true, reason: 'improved', advice: [] })
    expect(reasonFigures.queries).toBe(8)
    for (const { mean, interval } of [reasonFigures.mapAtR, reasonFigures.rPrecision])
      for (const value of [mean, ...interval]) expect(value).toBeCloseTo(0.7, 10)
  })

  test('refuses clumps of photos, right or wrong', async () => {
    // As many of the right ones among the first six as before, only now they come first.
    const clumped = (first: boolean): QueryQuality =>
      assess(
        Array.from({ length: 6 }, (_, i) => (first ? i < 3 : i >= 3)),
        6,
      )
    const decision = await decisionOn({
      before: Array.from({ length: 40 }, () => clumped(false)),
      after: Array.from({ length: 40 }, () => clumped(true)),
    })
    expect(decision.accepted).toBe(false)
    expect(decision.reason).toBe('r-precision-uncertain')
    expect(decision.reasonFigures.mapAtR.interval[0]).toBeGreaterThan(0)
  })

  test('refuses what measures the same on every query', async () => {
    const same = Array.from({ length: 50 }, (_, i) => precision(i / 50))
    const decision = await decisionOn({ before: same, after: same })
    expect(decision.accepted).toBe(false)
    expect(decision.reason).toBe('no-gain')
    expect(decision.advice).toEqual([{ code: 'check-albums' }])
  })

  test('tells a loss from a gain that is not certain', async () => {
    const half = (a: number, b: number): Pairs => ({
      before: Array.from({ length: 20 }, () => precision(0.5)),
      after: Array.from({ length: 20 }, (_, i) => precision(i % 2 ? a : b)),
    })
    const worse = await decisionOn(half(0.4, 0.4))
    expect(worse.reason).toBe('no-gain')
    expect(worse.reasonFigures.mapAtR.mean).toBeCloseTo(-0.1, 10)
    const uncertain = await decisionOn(half(0.8, 0.3))
    expect(uncertain.reason).toBe('gain-uncertain')
    expect(uncertain.reasonFigures.mapAtR.mean).toBeCloseTo(0.05, 10)
    expect(uncertain.reasonFigures.mapAtR.interval[0]).toBeLessThan(0)
  })

  test('refuses a clear gain where shuffled labels do as well', async () => {
    const pairs: Pairs = {
      before: Array.from({ length: 50 }, () => precision(0.2)),
      after: Array.from({ length: 50 }, () => precision(0.9)),
    }
    const { limit } = (await decisionOn(pairs)).evidence!
    expect((await decisionOn(pairs, fine, [], { labels: limit })).reason).toBe('improved')
    const { reason } = await decisionOn(pairs, fine, [], { labels: 1.01 * limit })
    expect(reason).toBe('shuffled-labels-do-as-well')
  })

  test('refuses a gain of many photos that are one moment', async () => {
    const { pairs, set } = ranked({
      before: Array.from({ length: 40 }, () => precision(0.2)),
      after: Array.from({ length: 40 }, () => precision(0.9)),
    })
    const moments = { ...set, groups: Int32Array.from(pairs.after.keys(), row => row % 5) }
    const evidence = { ...(await weigh(pairs, moments, 1)), labels: 0 }
    expect(evidence.bursts).toBe(1 / 2 ** 5)
    const { reason, advice } = judge(pairs, moments, evidence, fine, [])
    expect({ reason, advice }).toEqual({ reason: 'too-few-agree', advice: [{ code: 'add-photos' }] })
  })

  test('refuses a gain of one album in a single fold, however large it is', async () => {
    const made: Pairs = {
      before: Array.from({ length: 60 }, () => precision(0.2)),
      after: Array.from({ length: 60 }, (_, row) => precision(row % ALBUMS === 0 ? 0.9 : 0.21)),
    }
    const { pairs, set } = ranked(made)
    const oneFold = { ...set, folds: new Int8Array(60) }
    const evidence = { ...(await weigh(pairs, oneFold, 1)), labels: 0 }
    expect(evidence.bursts).toBeLessThan(0.001)
    expect(evidence.albums).toBeGreaterThan(0.1)
    expect(judge(pairs, oneFold, evidence, fine, []).reason).not.toBe('improved')
  })

  test('asks of albums that are new to the version before by themselves', async () => {
    // Album 4 is found far better, the others neither better nor worse.
    const gain = (row: number): number =>
      row % ALBUMS === 4 ? 0.4 + (row % 3) / 100 : (row % 7) / 100 - 0.03
    const { pairs, set } = ranked({
      before: Array.from({ length: 50 }, () => precision(0.3)),
      after: Array.from({ length: 50 }, (_, row) => precision(0.3 + gain(row))),
    })
    const at = async (learnedBefore: number[]): Promise<number> =>
      (await weigh(pairs, set, 1, new Set(learnedBefore))).albums
    const ofAll = await at([])
    expect(ofAll).toBeGreaterThan(0.001)
    expect(await at([0, 1, 2, 3, 4])).toBe(ofAll)
    expect(await at([0, 1, 2, 3])).toBeLessThan(0.0001)
    // An album that is new and does not gain has to pay for the second question.
    expect(await at([1, 2, 3, 4])).toBeCloseTo(2 * ofAll, 12)
  })

  test('asks for more at each further look', async () => {
    const { pairs, set } = ranked({
      before: Array.from({ length: 10 }, () => precision(0.2)),
      after: Array.from({ length: 10 }, () => precision(0.9)),
    })
    const at = async (look: number): Promise<GateDecision> =>
      judge(pairs, set, { ...(await weigh(pairs, set, look)), labels: 0 }, fine, [])
    expect(await at(1)).toMatchObject({ accepted: true, evidence: { look: 1, bursts: 1 / 2 ** 10 } })
    expect((await at(3)).accepted).toBe(true)
    expect(await at(4)).toMatchObject({ accepted: false, reason: 'too-few-agree', evidence: { look: 4 } })
  })

  test('says that it is as good as it gets where next to nothing is left to gain', async () => {
    const made = (before: number, after: (i: number) => number): Pairs => ({
      before: Array.from({ length: 40 }, () => precision(before)),
      after: Array.from({ length: 40 }, (_, i) => precision(after(i))),
    })
    for (const after of [() => 0.97, () => 0.5, (i: number) => (i < 2 ? 1 : 0.97)]) {
      const { accepted, reason, reasonFigures, advice } = await decisionOn(made(0.97, after))
      expect([accepted, reason, advice]).toEqual([false, 'already-good', []])
      expect(reasonFigures.mapAtRBefore).toBeCloseTo(0.97, 10)
    }
    // What can be told from chance is used all the same; and photos in no album matter more.
    expect((await decisionOn(made(0.97, i => 0.99 + (i % 3) / 1000))).reason).toBe('improved')
    expect(
      (
        await decisionOn(
          made(0.97, () => 0.97),
          { ...fine, ok: false },
        )
      ).reason,
    ).toBe('neighbourhoods-lost')
    expect((await decisionOn(made(0.94, () => 0.94))).reason).toBe('no-gain')
  })

  test('refuses with fewer than eight queries, however good they look', async () => {
    for (const queries of [0, 1, 7]) {
      const pairs: Pairs = {
        before: Array.from({ length: queries }, () => precision(0)),
        after: Array.from({ length: queries }, () => precision(1)),
      }
      const { accepted, reason, reasonFigures, advice } = await decisionOn(pairs)
      expect(accepted).toBe(false)
      expect(reason).toBe('too-few-queries')
      expect(reasonFigures.queries).toBe(queries)
      expect(advice).toEqual([{ code: 'add-photos' }])
    }
  })

  test('refuses where photos in no album would lose their neighbours', async () => {
    const pairs: Pairs = {
      before: Array.from({ length: 50 }, () => precision(0.2)),
      after: Array.from({ length: 50 }, () => precision(0.9)),
    }
    const { accepted, reason, advice } = await decisionOn(pairs, { ...fine, ok: false })
    expect(accepted).toBe(false)
    expect(reason).toBe('neighbourhoods-lost')
    expect(advice).toEqual([{ code: 'label-more-kinds' }])
  })

  test('names the albums that lack photos, three of them at most, whatever it decides', async () => {
    const tooSmall = [
      { album: 'Cats', photos: 4, needs: 1 },
      { album: 'Old friends', photos: 2, needs: 3 },
      { album: 'Empty', photos: 0, needs: 5 },
      { album: 'One more', photos: 0, needs: 5 },
    ]
    const albums = [
      { code: 'fill-album', album: 'Cats', needs: 1 },
      { code: 'fill-album', album: 'Old friends', needs: 3 },
      { code: 'fill-album', album: 'Empty', needs: 5 },
    ]
    const with_ = (after: number, queries: number): Pairs => ({
      before: Array.from({ length: queries }, () => precision(0.4)),
      after: Array.from({ length: queries }, () => precision(after)),
    })
    expect(await decisionOn(with_(0.9, 30), fine, tooSmall)).toMatchObject({ accepted: true, advice: albums })
    for (const refused of [with_(0.3, 30), with_(0.9, 3)]) {
      const { accepted, advice } = await decisionOn(refused, fine, tooSmall)
      expect(accepted).toBe(false)
      expect(advice.slice(-3)).toEqual(albums)
      expect(advice).toHaveLength(4)
    }
  })
})

describe('pairedGain', () => {
  const pairs = fc
    .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 40,
    })
    .map((values): Pairs => ({
      before: values.map(([before]) => precision(before)),
      after: values.map(([, after]) => precision(after)),
    }))

  test('is the mean difference, within its interval, and changes its sign with the versions swapped', async () => {
    fc.assert(
      fc.property(pairs, pairs => {
        const gain = pairedGain(pairs, 'averagePrecisionAtR')
        const differences = pairs.after.map(
          (after, i) => after.averagePrecisionAtR - pairs.before[i]!.averagePrecisionAtR,
        )
        const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length
        expect(gain.mean).toBeCloseTo(mean, 10)
        const [low, high] = gain.interval
        expect(low).toBeLessThanOrEqual(high)
        expect(low).toBeGreaterThanOrEqual(Math.min(...differences) - 1e-9)
        expect(high).toBeLessThanOrEqual(Math.max(...differences) + 1e-9)
        expect(pairedGain(pairs, 'averagePrecisionAtR')).toEqual(gain)
        const back = pairedGain({ before: pairs.after, after: pairs.before }, 'averagePrecisionAtR')
        expect(back.mean).toBeCloseTo(-gain.mean, 10)
      }),
      { numRuns: 30 },
    )
  })

  test('draws queries of a cluster together', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i < 20 ? 0.1 : 0.9))
    const made: Pairs = { before: values.map(() => precision(0)), after: values.map(precision) }
    const halves = Int32Array.from(values, (_, i) => (i < 20 ? 0 : 1))
    const [alone, together] = [undefined, halves].map(clusters =>
      pairedGain(made, 'averagePrecisionAtR', clusters),
    )
    expect(together!.mean).toBe(alone!.mean)
    expect(together!.interval).toEqual([expect.closeTo(0.1, 10), expect.closeTo(0.9, 10)])
    expect(alone!.interval[0]).toBeGreaterThan(0.3)
  })

  test('is 0 without queries', async () => {
    expect(pairedGain({ before: [], after: [] }, 'hitAt1')).toEqual({ mean: 0, interval: [0, 0] })
  })

  test('lies within its interval about 95 times in 100', async () => {
    let held = 0
    for (let time = 0; time < 200; time++) {
      const random = new Random(`interval ${time}`)
      const values = Array.from({ length: 40 }, () => [random.next(), random.next()] as const)
      const made: Pairs = {
        before: values.map(([before]) => precision(0.8 * before)),
        after: values.map(([, after]) => precision(0.2 + 0.8 * after)),
      }
      const [low, high] = pairedGain(made, 'averagePrecisionAtR').interval
      if (low <= 0.2 && 0.2 <= high) held++
    }
    expect(held).toBeGreaterThan(180)
    expect(held).toBeLessThan(199)
  })
})

describe('neighbourhoodsKeep', () => {
  test.each<[string, Partial<typeof fine>, boolean]>([
    ['that stay', {}, true],
    ['of no photos', { photos: 0, overlapAt10: 0, dimensionsAfter: 0 }, true],
    ['of which a quarter stays', { overlapAt10: 0.25, shippedOverlapAt10: 0 }, true],
    ['that are new throughout', { overlapAt10: 0.05, shippedOverlapAt10: 0.05 }, false],
    ['that come back after a poor version', { overlapAt10: 0.05, shippedOverlapAt10: 0.5 }, true],
    ['that keep half of their directions', { dimensionsAfter: 16 }, true],
    ['that have collapsed', { dimensionsAfter: 14 }, false],
    ['with a photo found everywhere', { hubnessAfter: 9.1 }, false],
    ['with one that was found everywhere before', { hubnessBefore: 9, hubnessAfter: 9.1 }, true],
    ['without any photo found more often than others', { hubnessBefore: 0.2, hubnessAfter: 3 }, true],
  ])('%s', (_, changed, expected) => {
    const { ok, ...figures } = { ...fine, ...changed }
    expect(ok).toBe(true)
    expect(neighbourhoodsKeep(figures)).toBe(expected)
  })
})
