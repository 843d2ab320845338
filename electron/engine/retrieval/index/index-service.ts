import type { IndexStatus, IndexTuning } from '../../../shared/results.ts'
import type { JobContext, JobRunner, StartedJob } from '../../runtime/jobs/job-runner.ts'
import { FLAT, INVERTED_FILE } from '../stores/faiss-store.ts'
import { indexHost } from './index-host.ts'
import { isTuningDue, tuneIndex, type TuningTools } from './index-tuning.ts'
import { readTuning } from './tuning-record.ts'

/** Sees to it that the index suits the library's size. */
export class IndexService {
  readonly #tools: TuningTools & { readonly jobs: JobRunner }
  #stopWatching: () => void = () => undefined
  #looking = false
  /** The version and size that were looked at last. */
  #looked = ''

  constructor(tools: TuningTools & { readonly jobs: JobRunner }) {
    this.#tools = tools
  }

  /** Looks after each job whether the index has become too slow. Only hosts with a face do. */
  watch(): void {
    this.#stopWatching = this.#tools.jobs.onChange(() => void this.#look())
    void this.#look()
  }

  stop(): void {
    this.#stopWatching()
  }

  /** Measures all ways to search this library in the background, and goes over to the best. */
  measure(): StartedJob<IndexTuning> {
    return this.#tools.jobs.start('index', {}, job => tuneIndex(this.#tools, job))
  }

  /** The same as a part of other work, where it is due. */
  async settle(job: JobContext): Promise<void> {
    if (await isTuningDue(this.#tools)) await tuneIndex(this.#tools, job)
  }

  async status(): Promise<IndexStatus> {
    const { catalog, index } = this.#tools
    const { kind, reason, build, instructions } = await indexHost().call('describe')
    const { lists, nprobe } = index.layout
    return {
      kind: kind === FLAT && lists > 0 ? INVERTED_FILE : kind,
      vectors: index.size,
      dimension: index.version.head.dimension,
      ...{ lists, nprobe },
      library: build ? `Faiss ${build.faiss}, ${build.origin}` : `no Faiss (${reason})`,
      instructions: instructions ?? null,
      tuning: readTuning(catalog.settings, index.version.headId) ?? null,
    }
  }

  async #look(): Promise<void> {
    const { index, jobs } = this.#tools
    const seen = `${index.version.headId} ${index.size}`
    if (this.#looking || seen === this.#looked || jobs.list().some(({ state }) => state === 'running')) return
    this.#looking = true
    try {
      this.#looked = seen
      if (await isTuningDue(this.#tools)) this.measure()
    } finally {
      this.#looking = false
    }
  }
}
