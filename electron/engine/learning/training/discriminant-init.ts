import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** The projection from which training starts: `z = (features − mean) · basis`, the most discriminant directions first. */
export interface DiscriminantInit {
  /** `length` */
  readonly mean: Float32Array
  /** `length × length`, row by row */
  readonly basis: Float32Array
}

/** Mean and covariance of a library's features. */
export interface LibraryStatistics {
  /** `length` */
  readonly mean: Float64Array
  /** `length × length` */
  readonly covariance: Matrix
}

/** The albums' means less the library's mean, and the scatter around them. */
export interface LabelStatistics {
  /** Sum over albums of the scatter around each album's own mean, `length × length`. */
  readonly withinScatter: Matrix
  /** Photos less albums. */
  readonly degreesOfFreedom: number
  /** The albums' means, `albums × length`. */
  readonly means: Matrix
  readonly counts: readonly number[]
}

/** The library's covariance weighs as much as this many labelled photos. */
const PRIOR_PHOTOS = 100
/** The eigenvalue of this rank is added to the library's covariance. */
const PRIOR_DAMPING = 64
/** Share of its mean variance that is added to the within-album covariance. */
const SHRINKAGE = 0.05
/** Weight of the scatter between albums against that between all photos. */
const ALBUM_SHARE = 0.9
/** Added to the between-album variance of every direction. */
const FLOOR = 0.1

/**
 * Returns a projection in closed form, from which training on triplets starts. As in probabilistic discriminant analysis
 * (Ioffe, 2006), each direction is scaled by how well it discriminates: the within-album scatter is whitened, then each
 * direction is weighted by `√(λ / (λ + 1))`, λ being its variance between albums.
 *
 * It works with ten photos an album because the library serves as a prior that needs no labels. Its covariance stands in
 * for the within-album scatter while labels are few; and what of it exceeds that scatter tells which directions
 * discriminate between things that are in no album (docs/training.md has the figures).
 * @param prior of the same library. It takes a while to compute, and does not depend on the labels
 */
export function discriminantInit(
  library: LibraryStatistics,
  labels: LabelStatistics,
  prior = libraryPrior(library),
): DiscriminantInit {
  const { mean, covariance } = library
  const length = mean.length
  const { withinScatter, degreesOfFreedom, means, counts } = labels

  // Albums that hold nothing but copies have no scatter: then the prior is used as it is.
  const scale = withinScatter.trace() / Math.max(1, degreesOfFreedom) / prior.trace() || 1
  const within = Matrix.add(withinScatter, Matrix.mul(prior, PRIOR_PHOTOS * scale)).div(
    degreesOfFreedom + PRIOR_PHOTOS,
  )
  const whitening = inverseSquareRoot(addToDiagonal(within, (SHRINKAGE * within.trace()) / length))

  const between = weightedScatter(means.mmul(whitening), counts)
  const beyondWithin = addToDiagonal(whitening.transpose().mmul(covariance).mmul(whitening), -1)
  const both = Matrix.add(between.mul(ALBUM_SHARE), beyondWithin.mul(1 - ALBUM_SHARE))
  const { values, vectors } = symmetricEigen(both)
  const weights = values.map(value => {
    const variance = Math.max(0, value) + FLOOR
    return Math.sqrt(variance / (variance + 1))
  })
  const basis = whitening.mmul(vectors).mulRowVector(weights)
  return { mean: Float32Array.from(mean), basis: Float32Array.from(basis.to1DArray()) }
}

/** Returns the library's covariance, regularised. */
export function libraryPrior({ covariance }: LibraryStatistics): Matrix {
  const { values } = symmetricEigen(covariance)
  return addToDiagonal(covariance.clone(), values[Math.min(PRIOR_DAMPING, values.length - 1)]!)
}

/** Returns the scatter of the albums' means around their common mean, each weighted by its number of photos. */
function weightedScatter(means: Matrix, counts: readonly number[]): Matrix {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const centre = new Float64Array(means.columns)
  for (const [row, count] of counts.entries())
    for (let i = 0; i < means.columns; i++) centre[i]! += (count / total) * means.get(row, i)
  const weighted = means.clone()
  for (const [row, count] of counts.entries())
    for (let i = 0; i < means.columns; i++)
      weighted.set(row, i, (means.get(row, i) - centre[i]!) * Math.sqrt(count / total))
  return weighted.transpose().mmul(weighted)
}

function inverseSquareRoot(matrix: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(matrix)
  return vectors.mulRowVector(values.map(value => 1 / Math.sqrt(Math.max(value, 1e-12))))
}

/** Returns the eigenvalues, the largest first, with their vectors as columns. */
export function symmetricEigen(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  })
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  return {
    values: order.map(i => realEigenvalues[i]!),
    vectors: eigenvectorMatrix.subMatrixColumn(order),
  }
}

function addToDiagonal(matrix: Matrix, value: number): Matrix {
  for (let i = 0; i < matrix.rows; i++) matrix.set(i, i, matrix.get(i, i) + value)
  return matrix
}
