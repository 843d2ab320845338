import type { GateDecision, TrainingReport } from '../../../shared/training-report.ts'
import type { TrainingSet } from '../labels/training-set.ts'
import { confusions, perAlbum } from './album-figures.ts'
import { judge, pairedGain, weigh } from './gate.ts'
import type { ComparedResults } from './measure-training.ts'
import { figures, summarise } from './metrics.ts'
import { clusterQueries } from './query-clusters.ts'

type ReportFigures = Pick<
  TrainingReport,
  'before' | 'after' | 'baseline' | 'gain' | 'perAlbum' | 'confusions'
>
export type WeighedResults = GateDecision & ReportFigures

/**
 * Decides between two versions by their results, and draws up the figures of the report. Thousands of resamples: seconds
 * where many photos are held out, so a thread does it.
 * @param look which look at these held-out photos it is (error-spending.ts)
 * @param learnedBefore the albums that the version before has learned
 */
export async function weighResults(
  results: ComparedResults,
  set: TrainingSet,
  look: number,
  learnedBefore: ReadonlySet<number>,
  neighbours: Pick<TrainingReport['neighbours'], 'ok'>,
): Promise<WeighedResults> {
  const clusters = clusterQueries(results.after, set).albums
  const gain = Object.fromEntries(
    Object.entries(figures).map(([figure, quality]) => [figure, pairedGain(results, quality, clusters)]),
  ) as TrainingReport['gain']
  return {
    ...judge(results, set, await weigh(results, set, look, learnedBefore), neighbours, set.tooSmall),
    before: summarise(results.before),
    after: summarise(results.after),
    baseline: summarise(results.baseline),
    gain,
    perAlbum: perAlbum(set, results),
    confusions: confusions(set, results),
  }
}
