import type { EvaluateResult } from '../../../shared/results.ts'
import { summariseInThread } from '../evaluation/figures-host.ts'
import { runQueries, type RetrievalProblem } from '../evaluation/retrieval-run.ts'
import { collectLabels } from '../labels/collect-labels.ts'
import { NO_FOLD } from '../labels/folds.ts'
import { requireEnough, type TrainingSet } from '../labels/training-set.ts'
import type { Head } from '../../vision/head/head.ts'
import { featureRows, openLibrary, takeSteps } from './head-steps.ts'
import { startTrainThread } from './train-thread.ts'
import { optionsFor } from './training-options.ts'
import type { TrainingRun } from './training-run.ts'
import { sourceWithout } from './triplets.ts'

/**
 * Trains on half of the albums and measures on the photos of the other half: what training does for albums that do not
 * exist yet. Nothing of it is kept.
 * @throws KindredError `no-albums`
 */
export async function evaluateDisjoint(run: TrainingRun): Promise<EvaluateResult> {
  const { catalog, bundled, job } = run
  const started = performance.now()
  const [learned, measured] = [halfOfAlbums(run, 0), halfOfAlbums(run, 1)]
  requireEnough(learned)
  const head = await trainOn(run, learned)
  const known = new Set(learned.ids)
  const rows = [...measured.ids.keys()].filter(row => !known.has(measured.ids[row]!))
  const problem: RetrievalProblem = {
    ids: rows.map(row => measured.ids[row]!),
    classesOf: rows.map(row => measured.labels.albumsOf[row]!),
    queries: [...rows.keys()],
    groups: Int32Array.from(rows, row => measured.groups[row]!),
  }
  const before = await runQueries(catalog, bundled, problem, job.signal)
  const after = await runQueries(catalog, { ...bundled, head }, problem, job.signal)
  return {
    ...(await summariseInThread(after)),
    before: await summariseInThread(before),
    split: 'disjoint',
    model: 'trained on half of the albums',
    photos: rows.length,
    classes: new Set(after.flatMap(({ row }) => problem.classesOf[row]!)).size,
    ambiguous: 0,
    seconds: (performance.now() - started) / 1000,
  }
}

/** Returns every other album that is used for training. */
function halfOfAlbums({ catalog, bundled }: TrainingRun, remainder: 0 | 1): TrainingSet {
  const labels = catalog.albums.labels()
  const albums = labels.albums
    .filter(album => album.usedForTraining)
    .filter((_, position) => position % 2 === remainder)
  const ids = new Set(albums.map(({ id }) => id))
  const members = labels.members.filter(({ albumId }) => ids.has(albumId))
  return collectLabels(catalog, bundled.backboneId, { albums, members, refused: [], notLike: [] })
}

async function trainOn(run: TrainingRun, set: TrainingSet): Promise<Head> {
  const { catalog, active, job, seed } = run
  const thread = startTrainThread()
  try {
    await openLibrary(run, thread)
    const features = await featureRows(catalog, active, set.ids)
    const options = optionsFor(set.ids.length)
    job.progress.begin('training', options.steps)
    const problem = { features, source: sourceWithout(NO_FOLD, set), labels: set.labels }
    await thread.call('begin', problem, options, seed)
    while ((await takeSteps(run, thread)).length > 0) await job.checkpoint()
    return await thread.call('head')
  } finally {
    await thread.close()
  }
}
