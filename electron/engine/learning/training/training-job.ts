import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { KindredError } from '../../../shared/errors.ts'
import type { BackboneId, HeadId, PhotoId } from '../../../shared/ids.ts'
import type { TrainingReport } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { toFloat32 } from '../../library/catalog/float16.ts'
import { computeMissingFeatures, pixelsOf, type FeatureTools } from '../../vision/compute-missing-features.ts'
import { headFromParameters, headToParameters, type Head } from '../../vision/head/head.ts'
import type { ModelCard } from '../../vision/network/model-card.ts'
import { figures, summarise } from '../evaluation/metrics.ts'
import { runQueries, type RankedResult, type RetrievalProblem } from '../evaluation/retrieval-run.ts'
import { embedPhotos, type EmbeddingSpace } from '../../retrieval/embed-photos.ts'
import type { JobContext } from '../../runtime/jobs/job-runner.ts'
import { mapConcurrently } from '../../runtime/jobs/pipeline.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { startDeepThread, type DeepThread } from '../deep/deep-thread.ts'
import type { DeepTask } from '../deep/deep.worker.ts'
import { startTrainThread } from './train-thread.ts'
import { confusions, perAlbum } from '../evaluation/album-figures.ts'
import { FOLDS, HELD_OUT, NO_FOLD } from '../labels/folds.ts'
import { judge, pairedGain } from '../evaluation/gate.ts'
import { permutationPValue } from '../evaluation/permutation-test.ts'
import { compareNeighbourhoods, type Space } from '../evaluation/neighbourhood-preservation.ts'
import { optionsFor, type TrainingOptions } from './training-options.ts'
import { drawMap } from '../evaluation/report-map.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { requireEnough, trainingSet, type TrainingSet } from '../labels/training-set.ts'
import { type BatchSource, sourceWithout } from './triplets.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { AlbumLabels } from '../../library/rows.ts'

export interface TrainingTools extends FeatureTools {
  /** What the network takes and answers. */
  readonly card: Pick<ModelCard, 'input' | 'output'>
  readonly now: () => number
  /** The version that is searched with, and the one that came with the program. */
  readonly active: ModelVersion
  readonly bundled: ModelVersion
  /** Resolves at once when nobody waits for the engine; else as soon as that is over, or after a short while. */
  readonly yieldToPeople: () => Promise<void>
  /** Told of the curve as it grows. */
  readonly onCurve?: (live: LiveCurve) => void
  /** Fills in the perceptual hash of photos that came before it was computed. */
  readonly completeHashes: (photos: readonly PhotoId[], job: JobContext) => Promise<void>
}

export interface LiveCurve {
  readonly steps: number
  readonly curve: TrainingReport['curve']
  readonly mapAtRBefore: number
}

export interface TrainingParameters {
  readonly seed: number
  readonly deep?: boolean
}

export interface Trained {
  readonly headId: HeadId
  readonly report: TrainingReport
}

/** Fewer labels than this are measured by cross-validation: each fold asks once, a model of its own having not seen it. */
const CROSS_VALIDATED = 600
/** Photos of the library from which its covariance is taken. */
const LIBRARY_SAMPLE = 10_000
/** Photos in no album whose neighbourhoods are watched. */
const NEIGHBOUR_SAMPLE = 2000
/** Held-out photos that ask while the training runs. */
const CURVE_QUERIES = 200
const CURVE_POINTS = 12
/** Steps in one call to the thread: it is asked to stop, or to wait, in between. */
const STEPS_AT_ONCE = 4
const CHECKPOINT_EVERY_MS = 5000
/** Marks the checkpoint of a whole network among those of folds, and that of a training that is over but for the swap. */
const DEEP = 255
const TRAINED = 254
/** Photos that a whole network is trained on: all of them are held in memory, 77 kB each at 160 px. */
const MOST_DEEP_PHOTOS = 4000
const FEWEST_DEEP_STEPS = 60
const MOST_DEEP_STEPS = 600

/**
 * Trains a head from the albums and measures it on photos that it has not seen. The new version is entered into the
 * catalog, accepted or not; who calls decides what becomes of it.
 * @throws KindredError `no-albums`
 */
export async function runTraining(
  tools: TrainingTools,
  { seed, deep = false }: TrainingParameters,
  job: JobContext,
): Promise<Trained> {
  const run = new TrainingRun(tools, seed, job)
  return run.trained() ?? (deep ? run.runDeep() : run.run())
}

/**
 * Trains on half of the albums and lets the photos of the other half ask one another: what learning does for albums that
 * are not there yet.
 * @throws KindredError `no-albums`
 */
export async function runDisjoint(
  tools: TrainingTools,
  { seed }: TrainingParameters,
  job: JobContext,
): Promise<{ before: RankedResult[]; after: RankedResult[]; photos: number; classes: number }> {
  return new TrainingRun(tools, seed, job).runDisjoint()
}

/**
 * The labels of a library as rows.
 * @param searchable the photos that the backbone has seen and that can be reached
 */
export function collectLabels(
  catalog: Catalog,
  backbone: BackboneId,
  labels: AlbumLabels = catalog.albums.labels(),
  searchable: ReadonlySet<PhotoId> = new Set(catalog.features.searchableIds(backbone, PIPELINE_VERSION)),
): TrainingSet {
  const ids = photosIn(labels).filter(id => searchable.has(id))
  return trainingSet(labels, new Map(ids.map(id => [id, catalog.trainings.photo(id)!])))
}

function photosIn({ members, refused, notLike }: AlbumLabels): PhotoId[] {
  const said = [...members, ...refused].map(({ photoId }) => photoId)
  return [...new Set([...said, ...notLike.flatMap(({ anchor, negative }) => [anchor, negative])])]
}

class TrainingRun {
  readonly #tools: TrainingTools
  readonly #seed: number
  readonly #job: JobContext
  readonly #thread = startTrainThread()
  readonly #startedAt = performance.now()
  readonly #curve: { step: number; loss: number; mapAtR?: number }[] = []
  #checkpointedAt = performance.now()

  constructor(tools: TrainingTools, seed: number, job: JobContext) {
    this.#tools = tools
    this.#seed = seed
    this.#job = job
  }

  /** What this job had come to before it was cut off in the swap, if neither labels nor version have changed since. */
  trained(): Trained | undefined {
    const { catalog, active } = this.#tools
    const stored = catalog.trainings.checkpoint(this.#job.id)
    if (stored?.[0] !== TRAINED || stored.readUInt32LE(5) !== catalog.albums.revision) return undefined
    const headId = stored.readUInt32LE(1) as HeadId
    const report = catalog.trainings.report(headId)
    return report?.previous === active.name ? { headId, report } : undefined
  }

  async run(): Promise<Trained> {
    try {
      const set = await this.#collect()
      requireEnough(set)
      const backend = await this.#openThread()
      const { answers, head } = await this.#trainAndAsk(set)
      return await this.#report(set, answers, { ...this.#tools.active, head }, backend, 'trained')
    } finally {
      await this.#thread.close()
    }
  }

  /** The whole network instead of its head alone. What it has not seen of the library is left to the caller. */
  async runDeep(): Promise<Trained> {
    const { catalog, active, bundled, backbones, now } = this.#tools
    const { signal, progress } = this.#job
    const thread = startDeepThread()
    try {
      const set = await this.#collect()
      requireEnough(set)
      const problem = askedBy(set, HELD_OUT, catalog.trainings.seen(active.headId))
      const before = await runQueries(catalog, active, problem, signal)

      const task = await this.#deepTask(set)
      const steps = Math.min(
        MOST_DEEP_STEPS,
        Math.max(FEWEST_DEEP_STEPS, Math.round(task.classes.length / 4)),
      )
      const backend = await thread.call('begin', task, {
        steps,
        seed: this.#seed,
        ...{ classesPerBatch: 8, photosPerClass: 4 },
        learningRate: { backbone: 1e-4, head: 1e-3 },
      })
      progress.begin('training', steps)
      for (let step = await this.#resumeDeep(thread); step < steps; step++) {
        await this.#job.checkpoint()
        await this.#tools.yieldToPeople()
        this.#curve.push({ step: step + 1, loss: await thread.call('step') })
        progress.advance()
        this.#tools.onCurve?.({ steps, curve: this.#curve, mapAtRBefore: meanPrecision(before) })
        await this.#saveCheckpoint(DEEP, () => thread.call('checkpoint'))
      }
      const { onnx, headParameters } = await thread.call('export')
      const head = headFromParameters(Buffer.from(headParameters), active.head.inputLength)
      const backboneId = await backbones.add(catalog.models.freeName('deep'), [onnx], this.#tools.card, now())
      const trained = { backboneId, head }
      const watched = strideSample(this.#unlabelled(set), NEIGHBOUR_SAMPLE)
      await computeMissingFeatures(this.#tools, backboneId, [...set.ids, ...watched], this.#job)

      const after = await runQueries(catalog, trained, problem, signal)
      const baseline = await runQueries(catalog, bundled, problem, signal)
      return await this.#report(set, { before, after, baseline }, trained, backend, 'deep')
    } finally {
      await thread.close()
      await this.#thread.close()
    }
  }

  /** Photos that may be learned from, as the network takes them. */
  async #deepTask(set: TrainingSet): Promise<DeepTask> {
    const { catalog, active, thumbnails, backbones } = this.#tools
    const { input, output } = this.#tools.card
    const { albumsOf, trainable } = set.labels
    const learned = [...set.ids.keys()].filter(
      row => set.folds[row] !== HELD_OUT && albumsOf[row]!.some(album => trainable.has(album)),
    )
    const chosen = strideSample(learned, MOST_DEEP_PHOTOS)
    this.#job.progress.begin('reading', chosen.length)
    const read = mapConcurrently(chosen, 3, async row => {
      await this.#job.checkpoint()
      return { row, pixels: await pixelsOf({ catalog, thumbnails }, set.ids[row]!, input.size) }
    })
    const rows: number[] = []
    const squares: Uint8Array[] = []
    for await (const { row, pixels } of read) {
      this.#job.progress.advance()
      if (!pixels) continue
      rows.push(row)
      squares.push(pixels.rgb)
    }
    return {
      model: readFileSync(backbones.file(active.backboneId)),
      card: { input, output },
      head: active.head,
      classes: Int32Array.from(rows, row => albumsOf[row]!.find(album => trainable.has(album))!),
      rgb: Buffer.concat(squares),
      rows,
      labels: set.labels,
      loss: { kind: 'triplet', mining: 'semi-hard', margin: 0.2 },
    }
  }

  async #resumeDeep(thread: DeepThread): Promise<number> {
    const stored = this.#tools.catalog.trainings.checkpoint(this.#job.id)
    if (stored?.[0] !== DEEP) return 0
    try {
      return await thread.call('restore', stored.subarray(1))
    } catch {
      // The version in use has changed since: it begins anew.
      return 0
    }
  }

  #unlabelled(set: TrainingSet): PhotoId[] {
    const { catalog, active } = this.#tools
    const labelled = new Set(set.ids)
    return catalog.features.searchableIds(active.backboneId, PIPELINE_VERSION).filter(id => !labelled.has(id))
  }

  async runDisjoint(): Promise<{
    before: RankedResult[]
    after: RankedResult[]
    photos: number
    classes: number
  }> {
    const { catalog, bundled } = this.#tools
    try {
      const labels = catalog.albums.labels()
      const half = (rest: number): TrainingSet => {
        const albums = labels.albums.filter(album => album.usedForTraining).filter((_, i) => i % 2 === rest)
        const ids = new Set(albums.map(({ id }) => id))
        const members = labels.members.filter(({ albumId }) => ids.has(albumId))
        return collectLabels(catalog, bundled.backboneId, { albums, members, refused: [], notLike: [] })
      }
      const [learned, asked] = [half(0), half(1)]
      requireEnough(learned)
      await this.#openThread()
      const features = this.#features(learned.ids)
      const options = optionsFor(learned.ids.length)
      this.#job.progress.begin('training', options.steps)
      await this.#begin(sourceWithout(NO_FOLD, learned), learned, features, options)
      while ((await this.#advance()).length > 0) await this.#job.checkpoint()
      const head = await this.#thread.call('head')
      const known = new Set(learned.ids)
      const rows = [...asked.ids.keys()].filter(row => !known.has(asked.ids[row]!))
      const problem: RetrievalProblem = {
        ids: rows.map(row => asked.ids[row]!),
        classesOf: rows.map(row => asked.labels.albumsOf[row]!),
        queries: [...rows.keys()],
        groups: Int32Array.from(rows, row => asked.groups[row]!),
      }
      const { signal } = this.#job
      const before = await runQueries(catalog, bundled, problem, signal)
      const after = await runQueries(catalog, { ...bundled, head }, problem, signal)
      const classes = new Set(after.flatMap(({ row }) => problem.classesOf[row]!)).size
      return { before, after, photos: rows.length, classes }
    } finally {
      await this.#thread.close()
    }
  }

  async #collect(): Promise<TrainingSet> {
    const { catalog, active, completeHashes } = this.#tools
    this.#job.progress.begin('collecting')
    await completeHashes(photosIn(catalog.albums.labels()), this.#job)
    const set = collectLabels(catalog, active.backboneId)
    catalog.transaction(() => {
      for (const [row, id] of set.ids.entries()) catalog.trainings.setFold(id, set.folds[row]!)
    })
    return set
  }

  async #openThread(): Promise<string> {
    const { catalog, active } = this.#tools
    const ids = catalog.features.searchableIds(active.backboneId, PIPELINE_VERSION)
    return this.#thread.call(
      'open',
      this.#features(strideSample(ids, LIBRARY_SAMPLE)),
      active.head.inputLength,
    )
  }

  /** Trains a model for each fold that asks, and lets that fold ask it. The one that is kept has not seen fold 0. */
  async #trainAndAsk(set: TrainingSet): Promise<{ answers: Answers; head: Head }> {
    const { active, bundled, catalog } = this.#tools
    const { signal, progress } = this.#job
    const features = this.#features(set.ids)
    const options = optionsFor(set.ids.length)
    const folds = set.ids.length < CROSS_VALIDATED ? FOLDS : 1
    progress.begin('training', folds * options.steps)

    const seen = catalog.trainings.seen(active.headId)
    const answers: Answers = { before: [], after: [], baseline: [] }
    let kept: Head | undefined
    for (let fold = HELD_OUT; fold < folds; fold++) {
      const problem = askedBy(set, fold, seen)
      const before = await runQueries(catalog, active, problem, signal)
      const head = await this.#train(set, features, fold, options, problem, before)
      kept ??= head
      const after = await runQueries(catalog, { ...active, head }, problem, signal)
      const baseline = await runQueries(catalog, bundled, problem, signal)
      answers.before.push(...before)
      answers.after.push(...after)
      answers.baseline.push(...baseline)
    }
    return { answers, head: kept! }
  }

  async #train(
    set: TrainingSet,
    features: Float32Array,
    fold: number,
    options: TrainingOptions,
    problem: RetrievalProblem,
    before: readonly RankedResult[],
  ): Promise<Head> {
    const { progress } = this.#job
    const source = sourceWithout(fold, set)
    await this.#begin(source, set, features, options)
    const watched = fold === HELD_OUT
    let step = await this.#resume(fold)
    progress.advance(step)
    const every = Math.max(
      STEPS_AT_ONCE,
      Math.ceil(options.steps / CURVE_POINTS / STEPS_AT_ONCE) * STEPS_AT_ONCE,
    )
    while (step < options.steps) {
      await this.#job.checkpoint()
      const losses = await this.#advance()
      step += losses.length
      if (watched) {
        this.#curve.push({ step, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length })
        if (step % every < STEPS_AT_ONCE || step === options.steps) await this.#measureCurve(problem)
        this.#tools.onCurve?.({
          steps: options.steps,
          curve: this.#curve,
          mapAtRBefore: meanPrecision(before),
        })
      }
      await this.#saveCheckpoint(fold, () => this.#thread.call('checkpoint'))
    }
    return this.#thread.call('head')
  }

  #begin(
    source: BatchSource,
    { labels }: TrainingSet,
    features: Float32Array,
    options: TrainingOptions,
  ): Promise<void> {
    return this.#thread.call('begin', { features, source, labels }, options, this.#seed)
  }

  /** A few steps; no losses when it is done. */
  async #advance(): Promise<number[]> {
    await this.#tools.yieldToPeople()
    const losses = await this.#thread.call('advance', STEPS_AT_ONCE)
    this.#job.progress.advance(losses.length)
    return losses
  }

  async #measureCurve(problem: RetrievalProblem): Promise<void> {
    const { catalog, active } = this.#tools
    const head = await this.#thread.call('head')
    const some = { ...problem, queries: strideSample(problem.queries, CURVE_QUERIES) }
    const answers = await runQueries(catalog, { ...active, head }, some, this.#job.signal)
    this.#curve.at(-1)!.mapAtR = meanPrecision(answers)
  }

  /** Goes on from a checkpoint of this job, where there is one of this fold; answers the steps that are done. */
  async #resume(fold: number): Promise<number> {
    const stored = this.#tools.catalog.trainings.checkpoint(this.#job.id)
    if (stored?.[0] !== fold) return 0
    try {
      const step = await this.#thread.call('restore', stored.subarray(1))
      if (fold === HELD_OUT) this.#curve.length = 0
      return step
    } catch (error) {
      // Labels have changed since: it begins anew.
      if (error instanceof KindredError && error.code !== 'internal') throw error
      return 0
    }
  }

  async #saveCheckpoint(kind: number, take: () => Promise<Uint8Array>): Promise<void> {
    if (performance.now() - this.#checkpointedAt < CHECKPOINT_EVERY_MS) return
    this.#checkpointedAt = performance.now()
    this.#tools.catalog.trainings.saveCheckpoint(
      this.#job.id,
      Buffer.concat([Uint8Array.of(kind), await take()]),
    )
  }

  async #report(
    set: TrainingSet,
    answers: Answers,
    trained: EmbeddingSpace,
    backend: string,
    kind: 'trained' | 'deep',
  ): Promise<Trained> {
    const { catalog, active, bundled, now } = this.#tools
    const { head, backboneId } = trained
    this.#job.progress.begin('measuring')
    const others = this.#unlabelled(set)
    const sample = strideSample(others, NEIGHBOUR_SAMPLE).filter(id =>
      catalog.features.has(backboneId, id, PIPELINE_VERSION),
    )
    const inSpace = async (space: EmbeddingSpace): Promise<Space> => ({
      embeddings: await embedPhotos(catalog, space, sample),
      dimension: space.head.dimension,
    })
    const neighbours = await compareNeighbourhoods(
      await inSpace(active),
      await inSpace(trained),
      active.headId === bundled.headId ? undefined : await inSpace(bundled),
    )
    const gain = Object.fromEntries(
      Object.entries(figures).map(([figure, quality]) => [figure, pairedGain(answers, quality)]),
    ) as TrainingReport['gain']
    const verdict = judge(
      answers,
      gain.mapAtR,
      await permutationPValue(answers, set),
      neighbours,
      set.tooSmall,
    )
    const map = await drawMap(
      (...layout) => this.#thread.call('layOut', ...layout),
      { catalog, set, others: sample, before: active, after: trained },
      this.#seed,
    )
    const createdAt = now()
    const cleared = set.ids.filter(
      (_, row) => set.folds[row] !== HELD_OUT && set.labels.albumsOf[row]!.length > 0,
    )
    const heldOut = set.ids.filter(
      (_, row) => set.folds[row] === HELD_OUT && set.labels.albumsOf[row]!.length > 0,
    )
    return catalog.transaction(() => {
      const name = catalog.models.freeName(kind)
      const report: TrainingReport = {
        ...verdict,
        model: name,
        previous: active.name,
        albums: set.labels.trainable.size,
        photos: cleared.length + heldOut.length,
        heldOut: heldOut.length,
        seconds: (performance.now() - this.#startedAt) / 1000,
        seed: this.#seed,
        createdAt,
        folds: kind === 'trained' && set.ids.length < CROSS_VALIDATED ? FOLDS : 1,
        backend,
        deep: kind === 'deep',
        before: summarise(answers.before),
        after: summarise(answers.after),
        baseline: active.headId === bundled.headId ? summarise(answers.before) : summarise(answers.baseline),
        gain,
        perAlbum: perAlbum(set, answers),
        curve: this.#curve,
        neighbours,
        confusions: confusions(set, answers),
        tooSmall: set.tooSmall,
        map,
      }
      const parameters = headToParameters(head)
      const headId = catalog.models.addHead(backboneId, name, head.dimension, parameters, createdAt)
      catalog.trainings.add(headId, report, cleared)
      const end = Buffer.alloc(9, TRAINED)
      end.writeUInt32LE(headId, 1)
      end.writeUInt32LE(catalog.albums.revision, 5)
      catalog.trainings.saveCheckpoint(this.#job.id, end)
      return { headId, report }
    })
  }

  /** `ids.length × length` */
  #features(ids: readonly PhotoId[]): Float32Array {
    const { catalog, active } = this.#tools
    const length = active.head.inputLength
    const out = new Float32Array(ids.length * length)
    for (const [row, id] of ids.entries())
      out.set(toFloat32(catalog.features.get(active.backboneId, id, PIPELINE_VERSION)!), row * length)
    return out
  }
}

/** The same queries, asked of the versions. */
export interface Answers {
  readonly before: RankedResult[]
  readonly after: RankedResult[]
  readonly baseline: RankedResult[]
}

/** Photos of this fold ask all labelled photos; those that the version before was trained on would be no fair question. */
export function askedBy(set: TrainingSet, fold: number, seen: ReadonlySet<PhotoId>): RetrievalProblem {
  const { albumsOf, trainable } = set.labels
  const queries = [...set.ids.keys()].filter(
    row =>
      set.folds[row] === fold &&
      !seen.has(set.ids[row]!) &&
      albumsOf[row]!.some(album => trainable.has(album)),
  )
  return { ids: set.ids, classesOf: albumsOf, queries, groups: set.groups }
}

function meanPrecision(answers: readonly RankedResult[]): number {
  return (
    answers.reduce((sum, { averagePrecisionAtR }) => sum + averagePrecisionAtR, 0) /
    Math.max(1, answers.length)
  )
}

/** Waits while the engine is being used, up to a limit: training goes on, at worst at half its speed. */
export async function yieldWhile(busy: () => boolean, limitMs = 150): Promise<void> {
  const until = performance.now() + limitMs
  while (busy() && performance.now() < until) await sleep(15)
}
