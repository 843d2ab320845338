import { KindredError } from '../../../shared/errors.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BackboneId, HeadId, PhotoId } from '../../../shared/ids.ts'
import type { EvaluateResult, ModelSummary, TrainingReport } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { HeadRow } from '../../library/catalog/models.ts'
import { headToParameters, type Head } from '../../vision/head/head.ts'
import { summarise } from '../evaluation/metrics.ts'
import type { Backbones } from '../../vision/backbones.ts'
import { computeMissingFeatures } from '../../vision/compute-missing-features.ts'
import type { BundledModel } from '../../vision/network/model-card.ts'
import { toVersion, type ModelVersion } from '../../vision/model-versions.ts'
import type { EmbeddingIndex } from '../../retrieval/index/embedding-index.ts'
import type { JobContext, JobOptions, JobRunner, StartedJob } from '../../runtime/jobs/job-runner.ts'
import { decodeForNetwork } from '../../media/decode.ts'
import { perceptualHash } from '../../media/perceptual-hash.ts'
import type { ThumbnailCache } from '../../media/thumbnails.ts'
import {
  runDisjoint,
  runTraining,
  yieldWhile,
  type LiveCurve,
  type TrainingParameters,
  type TrainingTools,
} from '../training/training-job.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { startTrainThread } from '../training/train-thread.ts'
import { packHead, unpackHead } from './head-file.ts'
import { probeNetwork } from '../../vision/external/network-probe.ts'
import { checkFile, readNetwork, type NetworkSource } from '../../vision/external/network-file.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'

export interface ModelTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly model: BundledModel
  readonly backbones: Backbones
  readonly thumbnails: ThumbnailCache
  readonly now: () => number
}

type Figures = Pick<ModelSummary, 'accepted' | 'albums' | 'photos' | 'before' | 'after'>

/** A brought-in network gets a whitening head of this length, learned from so many photos at most, and at least. */
const WHITENED_DIMENSION = 256
const WHITENED_BY = 10_000
const FEWEST_TO_WHITEN = 1000
/** Longer features are searched as they are: finding their directions would take minutes. */
const LONGEST_TO_WHITEN = 1024

/** Photos whose perceptual hash is made in one go. */
const HASHED_AT_ONCE = 4

/** The model versions of a library: trained, judged, switched, taken along. */
export class ModelService {
  readonly #tools: ModelTools
  #busyUntil = 0
  #live: ({ readonly job: number } & LiveCurve) | null = null
  #running = false
  /** What the reports say, in short: they never change, and reading one whole takes a while. */
  readonly #figures = new Map<HeadId, Figures>()

  constructor(tools: ModelTools) {
    this.#tools = tools
  }

  /** Somebody uses the engine: training makes room for a moment. */
  recordActivity(): void {
    this.#busyUntil = performance.now() + 250
  }

  /** The training that runs, as far as it has come. */
  get live(): ({ readonly job: number } & LiveCurve) | null {
    return this.#live
  }

  get training(): boolean {
    return this.#running
  }

  /** The newest first. */
  list(): ModelSummary[] {
    const { catalog } = this.#tools
    return catalog.models
      .heads()
      .map(row => this.#summary(row))
      .reverse()
  }

  /** @throws KindredError `head-not-found` */
  report(id: number): TrainingReport {
    const report = this.#tools.catalog.trainings.report(id as HeadId)
    if (!report)
      throw new KindredError(
        'head-not-found',
        'This version was not trained here, so there is no report of it.',
      )
    return report
  }

  /** A version by its name or the number of its row. */
  find(nameOrId: string): HeadRow {
    const { catalog } = this.#tools
    const row =
      catalog.models.heads().findLast(({ name }) => name === nameOrId) ??
      (/^\d+$/.test(nameOrId) ? catalog.models.headById(Number(nameOrId) as HeadId) : undefined)
    if (row) return row
    const names = catalog.models.heads().map(head => head.name)
    throw new KindredError(
      'head-not-found',
      `There is no model version "${nameOrId}", only: ${names.join(', ')}.`,
    )
  }

  /** Searches with this version from now on. */
  use(id: number, options: JobOptions = {}): StartedJob<ModelSummary> {
    const { jobs } = this.#tools
    const version = this.version(id)
    const work = async (job: JobContext): Promise<ModelSummary> => {
      await this.#switchVersion(version, job)
      return this.#summary(this.#row(id))
    }
    return jobs.start('switch', { headId: version.headId }, work, options)
  }

  /**
   * Trains from the albums. A version that measures better is searched with from then on; any other is kept aside.
   * @throws KindredError `training-running`
   */
  train(parameters: TrainingParameters, options: JobOptions = {}): StartedJob<TrainingReport> {
    if (this.#running) throw new KindredError('training-running', 'Kindred is learning already.')
    this.#running = true
    return this.#tools.jobs.start('train', parameters, job => this.#train(parameters, job), options)
  }

  /** The head as one small file. */
  export(id: number): { name: string; file: Buffer } {
    const { model, catalog } = this.#tools
    const { head, name } = this.version(id)
    if (!head.projection)
      throw new KindredError(
        'head-invalid',
        `“${name}” is the backbone itself: there is no head to take along.`,
      )
    const backbone = catalog.models.backboneHash(this.#row(id).backboneId) ?? model.card.sha256
    return { name: `${name}.kindredhead`, file: packHead({ name, backbone, head }) }
  }

  /** Takes a head in; it is not used before somebody chooses it. */
  import(file: Uint8Array): ModelSummary {
    const { catalog, index, now } = this.#tools
    const { backbone, head, name } = unpackHead(file)
    const { backboneId } = index.version
    if (
      backbone !== catalog.models.backboneHash(backboneId) ||
      head.inputLength !== index.version.head.inputLength
    )
      throw new KindredError('head-invalid', `“${name}” was made for another backbone.`)
    const free = catalog.models.headByName(backboneId, name) ? catalog.models.freeName(name) : name
    const parameters = headToParameters(head)
    const id = catalog.models.addHead(backboneId, free, head.dimension, parameters, now())
    return this.#summary(this.#row(id))
  }

  /**
   * Brings in a network of other origin. It looks at all photos while search goes on with the present one; then
   * everything swaps. Begun again after a kill, it goes on.
   * @throws KindredError `network-invalid`
   */
  importNetwork(source: NetworkSource, options: JobOptions = {}): StartedJob<ModelSummary> {
    return this.#tools.jobs.start('network', source, job => this.#importNetwork(source, job), options)
  }

  async #importNetwork({ file, name, wish }: NetworkSource, job: JobContext): Promise<ModelSummary> {
    const { catalog, backbones, now } = this.#tools
    job.progress.begin('checking')
    checkFile(file)
    const card = await probeNetwork(file, wish)
    const backboneId = await backbones.add(name, readNetwork(file), card, now())
    await this.#lookAtAll(backboneId, job)
    const raw = catalog.models.ensureHead(backboneId, `${name}-raw`, card.output.length, null, now())
    const head = await this.#whiteningHead(backboneId, card.output.length)
    const id = head
      ? catalog.models.ensureHead(backboneId, name, head.dimension, headToParameters(head), now())
      : raw
    await this.#switchVersion(this.version(id), job)
    return this.#summary(this.#row(id))
  }

  /** Learned from the library itself, where it has photos enough to say in which directions they differ. */
  async #whiteningHead(backbone: BackboneId, length: number): Promise<Head | undefined> {
    const { catalog } = this.#tools
    const ids = strideSample(catalog.features.searchableIds(backbone, PIPELINE_VERSION), WHITENED_BY)
    if (ids.length < FEWEST_TO_WHITEN || length > LONGEST_TO_WHITEN) return undefined
    const features = new Float32Array(ids.length * length)
    for (const [row, id] of ids.entries())
      features.set(catalog.features.asFloat32(backbone, id, PIPELINE_VERSION)!, row * length)
    const thread = startTrainThread()
    try {
      await thread.call('open', features, length)
      return await thread.call('whiten', WHITENED_DIMENSION)
    } finally {
      await thread.close()
    }
  }

  /** What learning from half of the albums does for the others: nothing of it is kept. */
  async evaluateDisjoint(job: JobContext): Promise<EvaluateResult> {
    const started = performance.now()
    const { before, after, photos, classes } = await runDisjoint(this.#trainingTools(job), { seed: 1 }, job)
    const seconds = (performance.now() - started) / 1000
    const model = 'trained on half of the albums'
    return {
      ...summarise(after),
      before: summarise(before),
      ...{ split: 'disjoint', model, photos, classes, ambiguous: 0, seconds },
    }
  }

  #trainingTools(job: JobContext): TrainingTools {
    const { catalog, index, model, backbones, thumbnails, now } = this.#tools
    const active = index.version
    // Of another backbone than the bundled one not all photos have features: the version before is its own baseline.
    const shipped = catalog.models.headByName(active.backboneId, model.card.name)
    return {
      catalog,
      now,
      active,
      bundled: shipped ? toVersion(shipped, active.head.inputLength) : active,
      ...{ backbones, thumbnails, card: backbones.card(active.backboneId) },
      yieldToPeople: () => yieldWhile(() => performance.now() < this.#busyUntil),
      onCurve: live => (this.#live = { job: job.id, ...live }),
      completeHashes: (photos, context) => this.#completeHashes(photos, context),
    }
  }

  async #train(parameters: TrainingParameters, job: JobContext): Promise<TrainingReport> {
    const { catalog } = this.#tools
    try {
      const learned = catalog.albums.labelChanges
      const { headId, report } = await runTraining(this.#trainingTools(job), parameters, job)
      if (report.accepted) await this.#switchVersion(this.version(headId), job)
      catalog.albumCommands.settleLabelChanges(learned)
      return report
    } finally {
      this.#running = false
      this.#live = null
    }
  }

  async #switchVersion(version: ModelVersion, job: JobContext): Promise<void> {
    const { catalog, index } = this.#tools
    await this.#lookAtAll(version.backboneId, job)
    job.progress.begin('switching', catalog.features.countSearchable(version.backboneId, PIPELINE_VERSION))
    await index.switchVersion(version, async photos => {
      job.progress.advance(photos)
      await job.checkpoint()
    })
  }

  /** The photos' features under another backbone, while search and imports go on with the present one. */
  async #lookAtAll(backbone: BackboneId, job: JobContext): Promise<void> {
    const { catalog, jobs } = this.#tools
    // Whoever goes over to a network must be able to see new photos with it.
    this.#tools.backbones.file(backbone)
    if (catalog.features.lackingIds(backbone, PIPELINE_VERSION).length === 0) return
    const isImporting = (): boolean =>
      jobs.list().some(({ kind, state }) => kind === 'import' && (state === 'running' || state === 'paused'))
    for (;;) {
      const lacking = catalog.features.lackingIds(backbone, PIPELINE_VERSION)
      await computeMissingFeatures(this.#tools, backbone, lacking, job)
      if (!isImporting()) return
      await job.checkpoint()
      await sleep(200)
    }
  }

  /** Photos from before perceptual hashes were kept get theirs from the thumbnail. */
  async #completeHashes(photos: readonly PhotoId[], job: JobContext): Promise<void> {
    const { catalog, thumbnails, model } = this.#tools
    const lacking = photos.filter(id => catalog.trainings.photo(id)?.perceptualHash === null)
    if (lacking.length === 0) return
    job.progress.begin('comparing', lacking.length)
    const hash = async (id: PhotoId): Promise<void> => {
      const thumbnail = await thumbnails.read(catalog.photos.byId(id)!.contentHash).catch(() => undefined)
      if (!thumbnail) return
      const pixels = await decodeForNetwork(thumbnail, model.card.input.size)
      catalog.trainings.setPerceptualHash(id, perceptualHash(pixels))
    }
    for (let at = 0; at < lacking.length; at += HASHED_AT_ONCE) {
      await job.checkpoint()
      const batch = lacking.slice(at, at + HASHED_AT_ONCE)
      await Promise.all(batch.map(hash))
      job.progress.advance(batch.length)
    }
  }

  #row(id: number): HeadRow {
    const row = this.#tools.catalog.models.headById(id as HeadId)
    if (!row) throw new KindredError('head-not-found', 'This model version is no longer there.')
    return row
  }

  /** @throws KindredError `head-not-found` */
  version(id: number): ModelVersion {
    const row = this.#row(id)
    return toVersion(row, this.#tools.backbones.card(row.backboneId).output.length)
  }

  #summary(row: HeadRow): ModelSummary {
    const { index, model } = this.#tools
    const figures = this.#figuresOf(row.id)
    const bundled = row.name === model.card.name || row.name === `${model.card.name}-raw`
    return {
      id: row.id,
      name: row.name,
      origin: figures.accepted !== null ? 'trained' : bundled ? 'bundled' : 'imported',
      active: index.version.headId === row.id,
      createdAt: row.addedAt,
      dimension: row.dimension,
      ...figures,
    }
  }

  #figuresOf(id: HeadId): Figures {
    const known = this.#figures.get(id)
    if (known) return known
    const report = this.#tools.catalog.trainings.report(id)
    const figures: Figures = report
      ? {
          ...{ accepted: report.accepted, albums: report.albums, photos: report.photos },
          ...{ before: report.before, after: report.after },
        }
      : { accepted: null, albums: null, photos: null, before: null, after: null }
    this.#figures.set(id, figures)
    return figures
  }
}
