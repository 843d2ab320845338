import { describe, expect, test } from 'vitest'
import { trainingParametersSchema } from '../../../../../electron/engine/learning/versions/training-parameters.ts'

describe('training parameters', () => {
  test.each([
    ['{"seed":7,"deep":true}', { seed: 7, deep: true }],
    ['{"deep":false,"seed":1}', { seed: 1, deep: false }],
    ['{"seed":1}', { seed: 1, deep: false }],
  ])('come back from the catalog: %s', (stored, parameters) => {
    const parsed = trainingParametersSchema.parse(JSON.parse(stored))
    expect(parsed).toEqual(parameters)
    // A job resumes only where its parameters are stored alike.
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(parameters))
  })

  test.each(['{}', '{"seed":"x"}', '{"seed":1.5}', 'null'])('refuse %s', stored => {
    expect(trainingParametersSchema.safeParse(JSON.parse(stored)).success).toBe(false)
  })
})
