import type { TrainingStatus } from '../../../shared/contract.ts'
import type { MachineBusy, TrainingWait } from '../../../shared/training-wait.ts'
import type { JobId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { inBackground } from '../../runtime/background.ts'
import type { JobRunner } from '../../runtime/jobs/job-runner.ts'
import type { Logger } from '../../runtime/log.ts'
import type { LabelSummary } from '../labels/label-summary.ts'
import type { LabelWatch } from '../labels/label-watch.ts'
import type { Machine } from '../../runtime/machine.ts'
import type { ModelService } from './model-service.ts'
import type { TrainingParameters } from './training-parameters.ts'

export interface AutoTrainerTools {
  readonly catalog: Catalog
  readonly labels: Pick<LabelWatch, 'summary' | 'fresh' | 'refresh' | 'onChange'>
  readonly jobs: JobRunner
  readonly models: ModelService
  readonly machine: Pick<Machine, 'whyBusy' | 'untouchedSince'>
  readonly log: Logger
  readonly now: () => number
}

/** How often to check whether a training should start, in milliseconds. */
const CHECK_EVERY_MS = 30_000
/** How long nobody must have used the program, or the computer where the host knows of that. */
const IDLE_MS = 120_000
/** Labels that must have changed: at least this many, and this share of all. */
const FEWEST_CHANGES = 12
const LEAST_SHARE = 0.05
/** Cores that a training keeps busy. */
const OWN_LOAD = 1

/** Starts trainings by itself: when enough labels have changed and nobody needs the machine. */
export class AutoTrainer {
  readonly #tools: AutoTrainerTools
  #timer: NodeJS.Timeout | undefined
  #stopListening: () => void = () => undefined
  #usedAt: number
  /** The training that was started here, and whether it is paused until the machine has room. */
  #own: { readonly job: JobId; waits: boolean } | undefined

  constructor(tools: AutoTrainerTools) {
    this.#tools = tools
    this.#usedAt = tools.now()
  }

  /** Starts checking. Only interactive hosts do this: a command ends when its work is done. */
  start(): void {
    if (this.#timer) return
    const check = (): void => inBackground(this.#tools.log, 'Check for a training', () => this.#check())
    this.#timer = setInterval(check, CHECK_EVERY_MS).unref()
    this.#stopListening = this.#tools.labels.onChange(check)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#stopListening()
  }

  /** Resumes a training that was cut off. */
  resume(parameters: TrainingParameters): void {
    if (!this.#tools.models.training) this.#begin(parameters)
  }

  /** To be called when the program is used. */
  recordActivity(): void {
    this.#usedAt = this.#tools.now()
    this.#tools.models.recordActivity()
  }

  get automatic(): boolean {
    return this.#tools.catalog.settings.number('learnAutomatically') !== 0
  }

  set automatic(automatic: boolean) {
    this.#tools.catalog.settings.set('learnAutomatically', automatic ? 1 : 0)
  }

  /** Resolves when the status tells of the labels as they are now; until then it may be a moment behind. */
  refresh(): Promise<void> {
    return this.#tools.labels.refresh()
  }

  /** Calls the listener when the status may have changed because labels were read. */
  onChange(listener: () => void): () => void {
    return this.#tools.labels.onChange(listener)
  }

  status(): TrainingStatus {
    const { catalog, models, labels } = this.#tools
    const { summary } = labels
    const { albums, photos, blocked } = summary
    return {
      labelsChanged: catalog.albums.labelChanges,
      albums,
      photos,
      blocked,
      automatic: this.automatic,
      waitsFor: this.#waitsFor(summary),
      live: models.live,
    }
  }

  #check(): void {
    const { models, labels } = this.#tools
    try {
      if (models.training) this.#pauseOrResume()
      // Where labels have changed, the next summary leads here again.
      else if (this.automatic && this.#waitsFor(labels.summary) === null && labels.fresh)
        this.#begin({ seed: 1, deep: false })
    } catch {
      // The catalog takes no job now, such as on a full disk: the next check tries again.
    }
  }

  #begin(parameters: TrainingParameters): void {
    const { id, done } = this.#tools.models.train(parameters)
    const own = { job: id, waits: false }
    this.#own = own
    const over = (): void => {
      if (this.#own === own) this.#own = undefined
    }
    done.then(over, over)
    this.#pauseOrResume()
  }

  /** Nobody waits for a training that was started here: it pauses while the machine has no room for it. */
  #pauseOrResume(): void {
    const { jobs, machine } = this.#tools
    const own = this.#own
    const state = own && jobs.list().find(({ id }) => id === own.job)?.state
    if (state !== 'running' && state !== 'paused') return
    const hasRoom = machine.whyBusy(own!.waits ? 0 : OWN_LOAD) === null
    if (state === 'running') {
      // It was paused here and resumed by hand: from now on it is left alone.
      if (own!.waits) this.#own = undefined
      else if (!hasRoom) {
        own!.waits = true
        jobs.pause(own!.job)
      }
    } else if (own!.waits && hasRoom) {
      own!.waits = false
      jobs.resume(own!.job)
    }
  }

  #waitsFor({ blocked, labelled }: LabelSummary): TrainingWait | null {
    const { catalog, jobs, models, machine, now } = this.#tools
    if (models.training) return this.#own?.waits ? waitFor(machine.whyBusy()) : null
    const changes = catalog.albums.labelChanges
    if (blocked !== null) return blocked
    const enough = Math.max(FEWEST_CHANGES, Math.round(LEAST_SHARE * labelled))
    if (changes < enough) return { code: 'more-labels', wanted: enough, changed: changes }
    // Reading metadata gives way by itself.
    if (jobs.list().some(({ kind, state }) => kind !== 'metadata' && state === 'running'))
      return { code: 'other-work' }
    if (now() - Math.max(this.#usedAt, machine.untouchedSince ?? 0) < IDLE_MS)
      return { code: 'in-use', minutes: IDLE_MS / 60_000 }
    return waitFor(machine.whyBusy())
  }
}

const waitFor = (code: MachineBusy | null): TrainingWait | null => code && { code }
