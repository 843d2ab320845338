/** @file The model versions of a library: listed, trained, switched, exported, imported. */

import { KindredError } from '../../../shared/errors.ts'
import type { HeadId } from '../../../shared/ids.ts'
import type { EvaluateResult, ModelSummary } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { HeadRow } from '../../library/catalog/models.ts'
import type { ThumbnailCache } from '../../media/thumbnails.ts'
import type { EmbeddingIndex } from '../../retrieval/index/embedding-index.ts'
import type { JobContext, JobOptions, JobRunner, StartedJob } from '../../runtime/jobs/job-runner.ts'
import type { Backbones } from '../../vision/backbones.ts'
import { storedNetworkSource, type NetworkSource } from '../../vision/external/network-file.ts'
import { headToParameters } from '../../vision/head/head.ts'
import type { Logger } from '../../runtime/log.ts'
import { toVersion, type ModelVersion } from '../../vision/model-versions.ts'
import type { BundledModel } from '../../vision/network/model-card.ts'
import { TrainingCheckpoints } from '../training/checkpoints.ts'
import { evaluateDisjoint } from '../training/disjoint-evaluation.ts'
import type { LiveCurve } from '../training/training-run.ts'
import { packHead, unpackHead } from './head-file.ts'
import { importNetwork } from './import-network.ts'
import { RecentActivity } from './recent-activity.ts'
import { switchVersion } from './switch-version.ts'
import { runTraining, type TrainingJobTools } from './training-job.ts'
import { trainingParametersSchema, type TrainingParameters } from './training-parameters.ts'
import type { TrainingReport } from '../../../shared/training-report.ts'

export interface ModelTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly model: BundledModel
  readonly backbones: Backbones
  readonly thumbnails: ThumbnailCache
  readonly log: Logger
  readonly now: () => number
}

type Figures = Pick<ModelSummary, 'accepted' | 'albums' | 'photos' | 'before' | 'after'>
type LiveTraining = LiveCurve & { readonly job: number }

export class ModelService {
  readonly #tools: ModelTools
  readonly #activity = new RecentActivity()
  #live: LiveTraining | null = null
  #training = false
  /** The figures of each version's report. Reports never change, and parsing one takes a while. */
  readonly #figures = new Map<HeadId, Figures>()

  constructor(tools: ModelTools) {
    this.#tools = tools
  }

  /** To be called when the engine is used: training gives way for a moment. */
  recordActivity(): void {
    this.#activity.record()
  }

  /** The learning curve of the training that runs. */
  get live(): LiveTraining | null {
    return this.#live
  }

  get training(): boolean {
    return this.#training
  }

  /** Returns all versions, the newest first. */
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
        { details: { reason: 'head-not-found.no-report' } },
      )
    return report
  }

  /**
   * Returns a version by its name or the number of its row.
   * @throws KindredError `head-not-found`
   */
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
      await switchVersion(this.#tools, version, job)
      return this.#summary(this.#row(id))
    }
    return jobs.start('switch', { headId: version.headId }, work, options)
  }

  /**
   * Trains from the albums. A version that the gate accepts is searched with from then on; any other is kept aside.
   * @throws KindredError `training-running`
   */
  train(parameters: TrainingParameters, options: JobOptions = {}): StartedJob<TrainingReport> {
    if (this.#training) throw new KindredError('training-running', 'Kindred is learning already.')
    // Parsed, so that the same parameters are always stored alike: a job resumes where they are the same again.
    const stored = trainingParametersSchema.parse(parameters)
    this.#training = true
    try {
      return this.#tools.jobs.start('train', stored, job => this.#train(stored, job), options)
    } catch (error) {
      this.#training = false
      throw error
    }
  }

  /** Returns the head as one small file. */
  export(id: number): { name: string; file: Buffer } {
    const { model, catalog } = this.#tools
    const { head, name } = this.version(id)
    if (!head.projection)
      throw new KindredError(
        'head-invalid',
        `“${name}” is the backbone itself: there is no head to take along.`,
        { details: { reason: 'head-invalid.bundled', name } },
      )
    const backbone = catalog.models.backboneHash(this.#row(id).backboneId) ?? model.card.sha256
    return { name: `${name}.kindredhead`, file: packHead({ name, backbone, head }) }
  }

  /** Enters a head from a file into the catalog. It is not searched with before `use`. */
  import(file: Uint8Array): ModelSummary {
    const { catalog, index, now } = this.#tools
    const { backbone, head, name } = unpackHead(file)
    const { backboneId } = index.version
    if (
      backbone !== catalog.models.backboneHash(backboneId) ||
      head.inputLength !== index.version.head.inputLength
    )
      throw new KindredError('head-invalid', `“${name}” was made for another backbone.`, {
        details: { reason: 'head-invalid.other-network', name },
      })
    const free = catalog.models.headByName(backboneId, name) ? catalog.models.freeName(name) : name
    const parameters = headToParameters(head)
    const id = catalog.models.addHead(backboneId, free, head.dimension, parameters, now())
    return this.#summary(this.#row(id))
  }

  /**
   * Brings in a network of other origin, and searches with it from then on.
   * @throws KindredError `network-invalid`
   */
  importNetwork(source: NetworkSource, options: JobOptions = {}): StartedJob<ModelSummary> {
    const work = async (job: JobContext): Promise<ModelSummary> =>
      this.#summary(this.#row(await importNetwork(this.#tools, source, job)))
    return this.#tools.jobs.start('network', storedNetworkSource(source), work, options)
  }

  /** Measures what training on half of the albums does for the others. */
  evaluateDisjoint(job: JobContext): Promise<EvaluateResult> {
    const checkpoints = new TrainingCheckpoints(this.#tools.catalog, job.id)
    return evaluateDisjoint({ ...this.#trainingTools(job), job, seed: 1, checkpoints })
  }

  #trainingTools(job: JobContext): TrainingJobTools {
    const { catalog, index, model, backbones, thumbnails, log, now } = this.#tools
    const active = index.version
    // On another backbone than the bundled one, photos may lack features: there the active version is the baseline.
    const bundled = catalog.models.headByName(active.backboneId, model.card.name)
    return {
      catalog,
      backbones,
      thumbnails,
      log,
      now,
      active,
      bundled: bundled ? toVersion(bundled, active.head.inputLength) : active,
      card: backbones.card(active.backboneId),
      hashedSize: model.card.input.size,
      yieldToActivity: () => this.#activity.yield(),
      onCurve: live => (this.#live = { job: job.id, ...live }),
    }
  }

  async #train(parameters: TrainingParameters, job: JobContext): Promise<TrainingReport> {
    const { catalog } = this.#tools
    try {
      const labelChanges = catalog.albums.labelChanges
      const { headId, report } = await runTraining(this.#trainingTools(job), parameters, job)
      if (report.accepted) await switchVersion(this.#tools, this.version(headId), job)
      catalog.albumCommands.settleLabelChanges(labelChanges)
      return report
    } finally {
      this.#training = false
      this.#live = null
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
          accepted: report.accepted,
          albums: report.albums,
          photos: report.photos,
          before: report.before,
          after: report.after,
        }
      : { accepted: null, albums: null, photos: null, before: null, after: null }
    this.#figures.set(id, figures)
    return figures
  }
}
