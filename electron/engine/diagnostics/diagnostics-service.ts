/** @file What is asked about the health of a library and of this machine. */
import type { About } from '../../shared/contract.ts'
import type { DoctorResult, RuntimeStatus } from '../../shared/results.ts'
import type { JobRunner } from '../runtime/jobs/job-runner.ts'
import { inBackground } from '../runtime/background.ts'
import type { Logger } from '../runtime/log.ts'
import type { Machine } from '../runtime/machine.ts'
import type { Network, NetworkCard } from '../vision/network/model-card.ts'
import type { Runtimes } from '../vision/runtimes/runtimes.ts'
import { about, type AboutTools } from './about.ts'
import { examine, type DoctorTools } from './doctor.ts'

export interface DiagnosticsTools extends AboutTools, Omit<DoctorTools, 'runtimes'> {
  readonly jobs: JobRunner
  readonly machine: Machine
  readonly log: Logger
  /** Absent: the network runs on the CPU and nothing is measured. */
  readonly runtimes: Runtimes | undefined
}

/** Examines the library, and measures in which runtime the network is the fastest on this machine. */
export class DiagnosticsService {
  readonly #tools: DiagnosticsTools

  constructor(tools: DiagnosticsTools) {
    this.#tools = tools
  }

  /** What opening the library repaired, in words. */
  get repaired(): string | undefined {
    return this.#tools.catalogRepaired
  }

  about(): Promise<About> {
    return about(this.#tools)
  }

  /** Checks catalog, files, vectors and index against each other; a repair waits for imports and the like. */
  async doctor(repair = false): Promise<DoctorResult> {
    const { runtimes, jobs } = this.#tools
    await runtimes?.recall(this.#cardInUse())
    const work = (): Promise<DoctorResult> =>
      examine({ ...this.#tools, runtimes: this.runtimeStatus().rows }, repair)
    return repair ? jobs.exclusively(work) : work()
  }

  /** How the runtimes fared on this machine with the network in use. */
  runtimeStatus(): RuntimeStatus {
    const card = this.#cardInUse()
    const off: RuntimeStatus = { state: 'off', network: card.name, measuredAt: null, rows: [] }
    return this.#tools.runtimes?.status(card) ?? off
  }

  /**
   * Compares the runtimes on this machine and uses the fastest that agrees with the CPU.
   * @param again also where that is known already
   */
  async measureRuntimes(again: boolean): Promise<RuntimeStatus> {
    const { runtimes } = this.#tools
    await (again ? runtimes?.measure(this.#networkInUse()) : runtimes?.ensure(this.#networkInUse()))
    return this.runtimeStatus()
  }

  /** Measures the runtimes as soon as there is time, unless they were measured on this machine before. */
  startMeasuring(): void {
    const { runtimes, jobs, machine, log } = this.#tools
    inBackground(log, 'Reading the measured runtimes', () => runtimes?.recall(this.#cardInUse()))
    const isBusy = (): boolean => jobs.list().some(({ state }) => state === 'running') || machine.isLoaded()
    runtimes?.start(() => this.#networkInUse(), isBusy)
  }

  /** Calls the listener when the state of the runtimes may have changed. */
  onRuntimesChange(listener: () => void): () => void {
    return this.#tools.runtimes?.onChange(listener) ?? (() => undefined)
  }

  #networkInUse(): Network {
    const { backbones, index } = this.#tools
    return backbones.network(index.version.backboneId)
  }

  #cardInUse(): NetworkCard {
    const { backbones, index } = this.#tools
    return backbones.card(index.version.backboneId)
  }
}
