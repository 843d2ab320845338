import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backgroundOf } from '../../../../../electron/engine/retrieval/calibration/background.ts'
import {
  neighbourModel,
  probabilitiesOf,
} from '../../../../../electron/engine/retrieval/calibration/kind-model.ts'

const score = fc.double({ min: 0, max: 1, noNaN: true })

test('probabilities lie between 0 and 1 and never rise while the score falls', () => {
  const scores = fc.array(score).map(values => values.sort((a, b) => b - a))
  fc.assert(
    fc.property(scores, fc.array(score, { minLength: 1, maxLength: 60 }), (results, random) => {
      const probabilities = probabilitiesOf(neighbourModel, results, backgroundOf(random))
      for (const [i, probability] of probabilities.entries()) {
        expect(probability).toBeGreaterThanOrEqual(0)
        expect(probability).toBeLessThanOrEqual(probabilities[i - 1] ?? 1)
      }
    }),
  )
})

test('a score says less where photos from all over the library score high, too', () => {
  const [among] = probabilitiesOf(neighbourModel, [0.6], backgroundOf([0.4, 0.45, 0.5, 0.55]))
  const [alone] = probabilitiesOf(neighbourModel, [0.6], backgroundOf([0, 0.05, 0.1, 0.15]))
  expect(alone).toBeGreaterThan(among!)
})
