/**
 * Returns how many dimensions the embeddings fill: `(tr C)² / tr C²`, C being their covariance. It is 1 where all lie on
 * a line, and the dimension where they scatter equally in all directions.
 */
export function participationRatio(embeddings: Float32Array, dimension: number): number {
  const count = embeddings.length / dimension
  if (count < 2) return 0
  const mean = new Float64Array(dimension)
  for (const [at, value] of embeddings.entries()) mean[at % dimension]! += value / count
  const covariance = new Float64Array(dimension * dimension)
  const centred = new Float64Array(dimension)
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < dimension; i++) centred[i] = embeddings[n * dimension + i]! - mean[i]!
    for (let i = 0; i < dimension; i++) {
      const row = i * dimension
      for (let j = 0; j < dimension; j++) covariance[row + j]! += centred[i]! * centred[j]!
    }
  }
  let trace = 0
  for (let i = 0; i < dimension; i++) trace += covariance[i * dimension + i]!
  const squares = covariance.reduce((sum, value) => sum + value * value, 0)
  return squares === 0 ? 0 : (trace * trace) / squares
}
