import type { AlbumPairs } from './album-pairs.ts'
import { fitKindModel, logLoss, type Pair } from './fit-kind-model.ts'
import { neighbourModel, type KindModel } from './kind-model.ts'

/** Fewer albums say little of photos of other kinds. */
const FEWEST_ALBUMS = 8
/** So many standard errors a gain must lie above nothing. */
const CERTAIN = 3

/**
 * Returns a model of the library's own albums where that is surely better than the one for all libraries, at albums that
 * it was not fitted on: each half of them by the pairs of the other. Undefined otherwise.
 */
export function albumModel(queries: readonly AlbumPairs[]): KindModel | undefined {
  const albums = [...Map.groupBy(queries, ({ album }) => album).values()].map(pairsOf)
  if (albums.length < FEWEST_ALBUMS) return undefined
  const halves = [0, 1].map(half => albums.filter((_, i) => i % 2 === half))
  const gains = halves.flatMap((heldOut, half) => {
    const fitted = fitKindModel(halves[1 - half]!.flat(), neighbourModel)
    return heldOut.map(pairs => logLoss(neighbourModel, pairs) - logLoss(fitted, pairs))
  })
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1)
  if (!(mean > CERTAIN * Math.sqrt(variance / gains.length))) return undefined
  return fitKindModel(albums.flat(), neighbourModel)
}

const pairsOf = (queries: readonly AlbumPairs[]): Pair[] => queries.flatMap(({ pairs }) => pairs)
