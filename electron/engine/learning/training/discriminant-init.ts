import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** A projection before it is trained: `z = (features − mean) · basis`, the most telling directions first. */
export interface DiscriminantInit {
  /** `length` */
  readonly mean: Float32Array
  /** `length × length`, row by row */
  readonly basis: Float32Array
}

/** First and second moments of a library's features. */
export interface LibraryStatistics {
  /** `length` */
  readonly mean: Float64Array
  /** `length × length` */
  readonly covariance: Matrix
}

/** Labelled features less the library's mean, and how they scatter. */
export interface LabelStatistics {
  /** Sum over albums of the scatter around each album's own mean, `length × length`. */
  readonly withinScatter: Matrix
  /** Photos less albums. */
  readonly degreesOfFreedom: number
  /** The albums' means, `albums × length`. */
  readonly means: Matrix
  readonly counts: readonly number[]
}

/** The library's own covariance counts as much as this many labelled photos. */
const PRIOR_PHOTOS = 100
/** Eigenvalues of the library's covariance are lifted by this one of them, by rank. */
const PRIOR_DAMPING = 64
/** Part of its mean variance that is added to the within-album covariance. */
const SHRINKAGE = 0.05
/** How far the differences between albums count against those between all photos. */
const ALBUM_SHARE = 0.9
/** Least share of variance between things that a direction is credited with. */
const FLOOR = 0.1

/**
 * A start in closed form, from which the triplets go on. As in probabilistic discriminant analysis (Ioffe, 2006), each
 * direction is scaled by how reliably it tells things apart: first the scatter within albums is made equal in all
 * directions, then each direction is weighted by `√(λ / (λ + 1))`, λ being its variance between albums.
 *
 * What makes it work with ten photos an album is that the library itself serves as prior, without any label: its
 * covariance stands in for the scatter within albums as long as labels are few, and what is left of it beyond that
 * scatter says which directions tell apart the things that are in no album (docs/training.md has the figures).
 * @param prior of the same library; it takes a while, and is the same for all labels
 */
export function discriminantInit(
  library: LibraryStatistics,
  labels: LabelStatistics,
  prior = libraryPrior(library),
): DiscriminantInit {
  const { mean, covariance } = library
  const length = mean.length
  const { withinScatter, degreesOfFreedom, means, counts } = labels

  // Albums of copies alone scatter nowhere: the prior then stands as it is.
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

/** The library's covariance with its small eigenvalues lifted. */
export function libraryPrior({ covariance }: LibraryStatistics): Matrix {
  const { values } = symmetricEigen(covariance)
  return addToDiagonal(covariance.clone(), values[Math.min(PRIOR_DAMPING, values.length - 1)]!)
}

/** Scatter of the albums' means around their common mean; each album counts by its photos. */
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

/** Eigenvalues from the largest down, with their vectors as columns. */
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
