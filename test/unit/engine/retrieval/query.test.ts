import { describe, expect, test } from 'vitest'
import { scoreOf } from '../../../../electron/engine/retrieval/index/score.ts'
import { combineEmbeddings, type WeightedEmbedding } from '../../../../electron/engine/retrieval/query.ts'

describe('query vector of several examples', () => {
  const at = (degrees: number, weight?: number): WeightedEmbedding => {
    const angle = (degrees * Math.PI) / 180
    return { embedding: Float32Array.of(Math.cos(angle), Math.sin(angle)), weight }
  }

  test('points between the examples, away from counter-examples, with length 1', () => {
    const between = combineEmbeddings([at(0), at(90)], [])
    expect(between[0]).toBeCloseTo(between[1]!)
    const away = combineEmbeddings([at(45)], [at(90)])
    expect(away[0]).toBeGreaterThan(away[1]!)
    expect(Math.hypot(...away)).toBeCloseTo(1)
    expect(() => combineEmbeddings([], [])).toThrow()
  })

  test('lies nearer to what weighs more, and farther from what is unwanted more', () => {
    const even = combineEmbeddings([at(0), at(90)], [])
    expect(combineEmbeddings([at(0, 4), at(90)], [])[0]).toBeGreaterThan(even[0]!)
    expect([...combineEmbeddings([at(0, 4), at(90, 4)], [])]).toEqual([...even])
    const pushed = combineEmbeddings([at(45)], [at(90)])
    expect(combineEmbeddings([at(45)], [at(90, 2)])[1]).toBeLessThan(pushed[1]!)
  })

  test('scores by the cosine, clamped', () => {
    expect(scoreOf(0)).toBe(1)
    expect(scoreOf(1)).toBeCloseTo(0.5)
    expect(scoreOf(2)).toBe(0)
  })
})
