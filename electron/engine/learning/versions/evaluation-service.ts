import { KindredError } from '../../../shared/errors.ts'
import type { EvaluateResult } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { EmbeddingIndex } from '../../retrieval/index/embedding-index.ts'
import type { JobOptions, JobRunner } from '../../runtime/jobs/job-runner.ts'
import { classesByFolder, evaluate, heldOutByAlbum } from '../evaluation/evaluate.ts'
import type { ModelService } from './model-service.ts'

export interface EvaluationTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly models: ModelService
}

export interface EvaluateOptions extends JobOptions {
  readonly model?: string | undefined
  /** Each photo's class is the folder that it lies in. */
  readonly classesFromFolders?: boolean | undefined
  readonly split?: 'closed' | 'disjoint' | undefined
}

/** Measures how well a model version retrieves. */
export class EvaluationService {
  readonly #tools: EvaluationTools

  constructor(tools: EvaluationTools) {
    this.#tools = tools
  }

  /**
   * Leave-one-out retrieval quality of a model version, by albums or by the folders that photos lie in.
   * @throws KindredError `library-empty`, `head-not-found`, `no-albums`, `no-classes`
   */
  async evaluate(options: EvaluateOptions = {}): Promise<EvaluateResult> {
    const { catalog, index, jobs, models } = this.#tools
    const { classesFromFolders = false, split = 'closed', model } = options
    if (index.size === 0) throw new KindredError('library-empty', 'There are no photos in this library yet.')
    if (split === 'disjoint' && !classesFromFolders)
      return jobs.run('evaluate', { split }, job => models.evaluateDisjoint(job), options)
    const version = model ? models.version(models.find(model).id) : index.version
    const photos = classesFromFolders ? classesByFolder(catalog, version) : heldOutByAlbum(catalog, version)
    const kind = classesFromFolders ? 'folders' : split
    return jobs.run(
      'evaluate',
      { model: version.name, kind },
      job => evaluate(catalog, version, photos, job.progress, job.signal, kind),
      options,
    )
  }
}
