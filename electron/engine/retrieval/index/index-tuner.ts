import type { IndexStatus, IndexTuning } from '../../../shared/results.ts'
import { inBackground } from '../../runtime/background.ts'
import type { JobContext, JobRunner, StartedJob } from '../../runtime/jobs/job-runner.ts'
import type { Logger } from '../../runtime/log.ts'
import { FLAT, INVERTED_FILE } from '../stores/faiss-store.ts'
import { indexHost } from './index-host.ts'
import { isTuningDue, tuneIndex, type TuningTools } from './index-tuning.ts'
import { readTuning } from './tuning-record.ts'

export interface IndexTunerTools extends TuningTools {
  readonly jobs: JobRunner
  readonly log: Logger
}

/** Decides when the index of a library is measured and laid out anew (index-tuning.ts), and reports its state. */
export class IndexTuner {
  readonly #tools: IndexTunerTools
  #stopWatching: () => void = () => undefined
  #isChecking = false
  /** The version and size that were checked last. */
  #checked = ''

  constructor(tools: IndexTunerTools) {
    this.#tools = tools
  }

  /** Checks after each job whether the index has become too slow; for interactive hosts only. */
  watch(): void {
    const check = (): void => inBackground(this.#tools.log, 'Check of the index', () => this.#check())
    this.#stopWatching = this.#tools.jobs.onChange(check)
    check()
  }

  stop(): void {
    this.#stopWatching()
  }

  /** Starts a job that measures the ways to search this library and goes over to the best. */
  measure(): StartedJob<IndexTuning> {
    return this.#tools.jobs.start('index', {}, job => tuneIndex(this.#tools, job))
  }

  /** Does the same as a part of another job, where it is due. */
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
      lists,
      nprobe,
      library: build ? `Faiss ${build.faiss}, ${build.origin}` : `no Faiss (${reason})`,
      instructions: instructions ?? null,
      tuning: readTuning(catalog.settings, index.version.headId) ?? null,
    }
  }

  async #check(): Promise<void> {
    const { index, jobs } = this.#tools
    const state = `${index.version.headId} ${index.size}`
    if (this.#isChecking || state === this.#checked || jobs.list().some(job => job.state === 'running'))
      return
    this.#isChecking = true
    try {
      this.#checked = state
      if (await isTuningDue(this.#tools)) this.measure()
    } catch {
      // The catalog takes no job now, such as on a full disk: the end of another job leads here again.
      this.#checked = ''
    } finally {
      this.#isChecking = false
    }
  }
}
