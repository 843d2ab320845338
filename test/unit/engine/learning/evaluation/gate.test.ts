import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assess, type QueryQuality } from '../../../../../electron/engine/learning/evaluation/metrics.ts'
import {
  judge,
  neighbourhoodsKeep,
  pairedGain,
  signFlipProbability,
  type Pairs,
  type Verdict,
} from '../../../../../electron/engine/learning/evaluation/gate.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import type { TrainingReport } from '../../../../../electron/shared/results.ts'

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

function verdictOn(
  pairs: Pairs,
  neighbours = fine,
  tooSmall: TrainingReport['tooSmall'] = [],
  luck = 0,
): Verdict {
  return judge(pairs, pairedGain(pairs, 'averagePrecisionAtR'), luck, neighbours, tooSmall)
}

/** How many of so many draws are accepted, the queries of which are as hard as these say. */
function accepted(
  name: string,
  queries: number,
  draw: (random: Random) => [before: number, after: number],
  draws = 200,
): number {
  let count = 0
  for (let time = 0; time < draws; time++) {
    const random = new Random(`${name} ${queries} ${time}`)
    const hard = Array.from({ length: queries }, () => draw(random))
    const pairs: Pairs = {
      before: hard.map(([before]) => query(random, before)),
      after: hard.map(([, after]) => query(random, after)),
    }
    if (verdictOn(pairs).accepted) count++
  }
  return count
}

describe('the gate', () => {
  it.each([8, 12, 30, 100])('lets chance through at most once in twenty: %i queries', queries => {
    expect(accepted('equal', queries, () => [0.4, 0.4])).toBeLessThanOrEqual(10)
  })

  it('lets chance through at most once in twenty where some queries are far easier than others', () => {
    const draw = (random: Random): [number, number] => {
      const hit = random.chance(0.8) ? 0.02 : 0.95
      return [hit, hit]
    }
    expect(accepted('uneven', 15, draw)).toBeLessThanOrEqual(10)
    expect(accepted('uneven', 60, draw)).toBeLessThanOrEqual(10)
  })

  it('lets nothing through that has learned shuffled labels, or that is worse', () => {
    expect(accepted('shuffled', 40, () => [0.4, 0.3])).toBe(0)
    expect(accepted('worse', 40, () => [0.6, 0.3])).toBe(0)
  })

  it('lets a clear gain through', () => {
    expect(accepted('better', 40, () => [0.4, 0.7], 40)).toBeGreaterThan(38)
    expect(accepted('better', 200, () => [0.4, 0.55], 20)).toBeGreaterThan(18)
    const all: Pairs = {
      before: Array.from({ length: 8 }, () => precision(0.2)),
      after: Array.from({ length: 8 }, () => precision(0.9)),
    }
    expect(verdictOn(all)).toEqual({
      accepted: true,
      reason:
        'It finds photos of the same album better: MAP@R rose by 70.0 points on held-out photos (70.0 to 70.0).',
      advice: [],
    })
  })

  it('refuses what draws photos together in clumps, right or wrong', () => {
    // As many of the right ones among the first six as before, only now they come first.
    const clumped = (first: boolean): QueryQuality =>
      assess(
        Array.from({ length: 6 }, (_, i) => (first ? i < 3 : i >= 3)),
        6,
      )
    const verdict = verdictOn({
      before: Array.from({ length: 40 }, () => clumped(false)),
      after: Array.from({ length: 40 }, () => clumped(true)),
    })
    expect(verdict.accepted).toBe(false)
    expect(verdict.reason).toMatch(/MAP@R rose .* R-precision did not/)
  })

  it('refuses what measures the same on every query', () => {
    const same = Array.from({ length: 50 }, (_, i) => precision(i / 50))
    const verdict = verdictOn({ before: same, after: same })
    expect(verdict.accepted).toBe(false)
    expect(verdict.reason).toBe('It did not measure better on held-out photos (0.0 points).')
    expect(verdict.advice).toHaveLength(1)
  })

  it('says how much worse, and how much better by luck perhaps', () => {
    const half = (a: number, b: number): Pairs => ({
      before: Array.from({ length: 20 }, () => precision(0.5)),
      after: Array.from({ length: 20 }, (_, i) => precision(i % 2 ? a : b)),
    })
    expect(verdictOn(half(0.4, 0.4)).reason).toContain('(−10.0 points)')
    expect(verdictOn(half(0.8, 0.3)).reason).toMatch(
      /5\.0 points better .* may be luck \(−\d+\.\d to \d+\.\d\)/,
    )
  })

  it('refuses where fewer than eight photos could ask, however good they look', () => {
    for (const queries of [0, 1, 7]) {
      const pairs: Pairs = {
        before: Array.from({ length: queries }, () => precision(0)),
        after: Array.from({ length: queries }, () => precision(1)),
      }
      const { accepted, reason, advice } = verdictOn(pairs)
      expect(accepted).toBe(false)
      expect(reason).toContain(`Only ${queries} photos`)
      expect(advice).toEqual(['Put more photos into your albums.'])
    }
  })

  it('refuses where photos in no album would lose their neighbours', () => {
    const pairs: Pairs = {
      before: Array.from({ length: 50 }, () => precision(0.2)),
      after: Array.from({ length: 50 }, () => precision(0.9)),
    }
    const { accepted, reason, advice } = verdictOn(pairs, { ...fine, ok: false })
    expect(accepted).toBe(false)
    expect(reason).toMatch(/would lose their neighbours/)
    expect(advice).toEqual(['Label more kinds of photos.'])
  })

  it('names the albums that lack photos, three of them at most, whatever it decides', () => {
    const tooSmall = [
      { album: 'Cats', photos: 4, needs: 1 },
      { album: 'Old friends', photos: 2, needs: 3 },
      { album: 'Empty', photos: 0, needs: 5 },
      { album: 'One more', photos: 0, needs: 5 },
    ]
    const words = [
      'Add 1 more photo to “Cats”.',
      'Add 3 more photos to “Old friends”.',
      'Add 5 more photos to “Empty”.',
    ]
    const with_ = (after: number, queries: number): Pairs => ({
      before: Array.from({ length: queries }, () => precision(0.4)),
      after: Array.from({ length: queries }, () => precision(after)),
    })
    expect(verdictOn(with_(0.9, 30), fine, tooSmall)).toMatchObject({ accepted: true, advice: words })
    for (const refused of [with_(0.3, 30), with_(0.9, 3)]) {
      const { accepted, advice } = verdictOn(refused, fine, tooSmall)
      expect(accepted).toBe(false)
      expect(advice.slice(-3)).toEqual(words)
      expect(advice).toHaveLength(4)
    }
  })
})

describe('the gain', () => {
  const pairs = fc
    .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 40,
    })
    .map((values): Pairs => ({
      before: values.map(([before]) => precision(before)),
      after: values.map(([, after]) => precision(after)),
    }))

  it('is the mean difference, within its interval, and turns round with the versions', () => {
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

  it('is nothing where nobody asked', () => {
    expect(pairedGain({ before: [], after: [] }, 'hitAt1')).toEqual({ mean: 0, interval: [0, 0] })
  })

  it('is held by its interval about 95 times in 100', () => {
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

describe('how likely a gain is by luck', () => {
  const of = (...differences: number[]): Pairs => ({
    before: differences.map(() => precision(0)),
    after: differences.map(precision),
  })

  it('is one in 2ⁿ for n queries that all gain alike', () => {
    for (const n of [3, 5, 7])
      expect(signFlipProbability(of(...Array<number>(n).fill(0.1)), 'averagePrecisionAtR')).toBeCloseTo(
        1 / 2 ** n,
        1,
      )
  })

  it('is certain where nothing differs, and never nothing', () => {
    expect(signFlipProbability(of(0, 0, 0), 'averagePrecisionAtR')).toBe(1)
    expect(signFlipProbability(of(...Array<number>(60).fill(0.3)), 'averagePrecisionAtR')).toBeGreaterThan(0)
  })
})

describe('neighbourhoods', () => {
  it.each<[string, Partial<typeof fine>, boolean]>([
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
