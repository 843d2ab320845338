import { describe, expect, test } from 'vitest'
import { combineEmbeddings, scoreOf } from '../../../../electron/engine/retrieval/query.ts'

describe('query vector of several examples', () => {
  const at = (degrees: number): Float32Array =>
    Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))

  test('points between the examples, away from counter-examples, with length 1', () => {
    const between = combineEmbeddings([at(0), at(90)], [])
    expect(between[0]).toBeCloseTo(between[1]!)
    const away = combineEmbeddings([at(45)], [at(90)])
    expect(away[0]).toBeGreaterThan(away[1]!)
    expect(Math.hypot(...away)).toBeCloseTo(1)
    expect(() => combineEmbeddings([], [])).toThrow()
  })

  test('scores by the cosine, clamped', () => {
    expect(scoreOf(0)).toBe(1)
    expect(scoreOf(1)).toBeCloseTo(0.5)
    expect(scoreOf(2)).toBe(0)
  })
})
