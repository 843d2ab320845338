/** @file Which runtime runs each network: measured once on this machine, remembered, and dropped at a fault. */
import { asKindredError } from '../../../shared/errors.ts'
import type { RuntimeStatus } from '../../../shared/results.ts'
import { inBackground } from '../../runtime/background.ts'
import type { Logger } from '../../runtime/log.ts'
import type { NetworkPixels } from '../../media/decode.ts'
import type { Embedder } from '../network/embedder.ts'
import type { Network, NetworkCard } from '../network/model-card.ts'
import { OnnxEmbedder } from './onnx-embedder.ts'
import { candidatesFor, CPU_RUNTIME, type Candidate } from './candidates.ts'
import { machineFacts } from './machine-facts.ts'
import { ProcessEmbedder, type Deadlines } from './process-embedder.ts'
import { compareRuntimes } from './runtime-benchmark.ts'
import { BenchmarkResults, type BenchmarkResult } from './benchmark-results.ts'
import { GuardedEmbedder } from './guarded-embedder.ts'

export interface RuntimesOptions {
  /** Where the measurements of this machine are kept. */
  readonly file: string
  /** Returns photos to measure with, of the size of a network's input. */
  readonly photos: (size: number, signal: AbortSignal) => Promise<readonly NetworkPixels[]>
  readonly log: Logger
  readonly now: () => number
  readonly candidates?: readonly Candidate[]
  readonly deadlines?: Deadlines
  readonly machine?: () => Promise<readonly string[]>
}

/** Milliseconds from one check for a quiet moment to the next. */
const CHECK_EVERY = 5000
/** After this many photos more will probably follow, so that measuring the runtimes meanwhile is worth it. */
const MANY_PHOTOS = 1000

/** Chooses the runtime of each network by a measurement on this machine, made once. Until then the CPU runs it. */
export class Runtimes {
  readonly #options: RuntimesOptions
  readonly #candidates: readonly Candidate[]
  readonly #embedders = new Map<string, GuardedEmbedder>()
  readonly #known = new Map<string, BenchmarkResult>()
  readonly #listeners = new Set<() => void>()
  /** Networks that could not be measured: they are not tried again. */
  readonly #failed = new Set<string>()
  readonly #closing = new AbortController()
  #results: Promise<BenchmarkResults> | undefined
  #measuring: { readonly sha256: string; readonly done: Promise<void> } | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: RuntimesOptions) {
    this.#options = options
    this.#candidates = options.candidates ?? candidatesFor(process.platform)
  }

  /** Returns the network on the CPU, and on the fastest runtime from when that is known. */
  embedder(network: Network): Embedder {
    const { sha256 } = network.card
    let photos = 0
    const embedder = new GuardedEmbedder(new OnnxEmbedder(network), {
      onWork: count => {
        photos += count
        if (photos > MANY_PHOTOS) this.#measureOnce(network)
      },
      onDropped: (runtime, reason) =>
        inBackground(this.#options.log, 'Dropping a runtime', () => this.#drop(sha256, runtime, reason)),
    })
    this.#embedders.set(sha256, embedder)
    inBackground(this.#options.log, 'Choosing a runtime', async () =>
      this.#apply(network, await this.#recall(sha256)),
    )
    return embedder
  }

  /** Returns what is known in this process: what an earlier one measured is read by `recall`. */
  status({ sha256, name }: NetworkCard): RuntimeStatus {
    const result = this.#known.get(sha256)
    const state = this.#measuring?.sha256 === sha256 ? 'measuring' : result ? 'measured' : 'unknown'
    return { state, network: name, measuredAt: result?.measuredAt ?? null, rows: result?.rows ?? [] }
  }

  /** Reads what an earlier process measured on this machine, unless the machine has changed since. */
  async recall({ sha256 }: NetworkCard): Promise<void> {
    if (await this.#recall(sha256)) this.#changed()
  }

  /** Measures, unless that was done since the machine last changed. */
  async ensure(network: Network): Promise<void> {
    if (await this.#recall(network.card.sha256)) this.#changed()
    else await this.measure(network)
  }

  /**
   * Measures, even where it was done before, and lets the fastest runtime take the batches from the next one on.
   * @throws KindredError `runtime-failed` where not even the CPU runs the network, `cancelled` when this is closed
   */
  async measure(network: Network): Promise<void> {
    const { sha256 } = network.card
    // Two measurements at a time would slow each other down.
    while (this.#measuring) {
      if (this.#measuring.sha256 === sha256) return this.#measuring.done
      await this.#measuring.done.catch(() => undefined)
    }
    const done = this.#measure(network).finally(() => {
      this.#measuring = undefined
      this.#changed()
    })
    this.#measuring = { sha256, done }
    this.#changed()
    return done
  }

  /** Measures the network in use at a quiet moment. For interactive hosts only: a command should end when it is done. */
  start(inUse: () => Network, isBusy: () => boolean): void {
    const check = (): void => {
      try {
        if (!isBusy()) this.#measureOnce(inUse())
      } catch {
        // The file of the network has gone: the error surfaces where the network is used.
      }
    }
    this.#timer ??= setInterval(check, CHECK_EVERY).unref()
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Ends a measurement under way. The embedders are closed by their callers. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#closing.abort()
    await this.#measuring?.done.catch(() => undefined)
  }

  #measureOnce(network: Network): void {
    const { sha256 } = network.card
    if (this.#measuring || this.#known.has(sha256) || this.#failed.has(sha256)) return
    this.ensure(network).catch((error: unknown) => {
      this.#failed.add(sha256)
      const { code, message } = asKindredError(error)
      if (code !== 'cancelled') this.#options.log('warn', 'The runtimes could not be compared', { message })
    })
  }

  async #measure(network: Network): Promise<void> {
    const { now, photos, deadlines, log } = this.#options
    const { signal } = this.#closing
    const pixels = await photos(network.card.input.size, signal)
    const rows = await compareRuntimes(network, pixels, { candidates: this.#candidates, signal, deadlines })
    const chosen = rows.find(row => row.chosen)?.runtime
    log('info', 'The runtimes were compared', { network: network.card.name, chosen })
    const result = { measuredAt: now(), rows }
    await this.#keep(network.card.sha256, result)
    this.#apply(network, result)
  }

  #apply(network: Network, result: BenchmarkResult | undefined): void {
    const name = result?.rows.find(({ chosen }) => chosen)?.runtime
    const candidate = this.#candidates.find(other => other.name === name)
    const start = candidate && (() => new ProcessEmbedder(candidate, network, this.#options.deadlines))
    const embedder = this.#embedders.get(network.card.sha256)
    inBackground(this.#options.log, 'Going over to a runtime', () => embedder?.use(start))
  }

  /** Remembers that a runtime was dropped: it is not used again until the machine changes or `measure` is called. */
  async #drop(sha256: string, runtime: string, reason: string): Promise<void> {
    this.#options.log('warn', `The runtime ${runtime} was dropped`, { reason })
    const result = await this.#recall(sha256)
    if (!result) return
    const rows = result.rows.map(row =>
      row.runtime === runtime
        ? { ...row, state: 'dropped' as const, reason, chosen: false }
        : { ...row, chosen: row.runtime === CPU_RUNTIME },
    )
    await this.#keep(sha256, { ...result, rows })
    this.#changed()
  }

  async #recall(sha256: string): Promise<BenchmarkResult | undefined> {
    const known = this.#known.get(sha256) ?? (await this.#file()).of(sha256)
    if (known) this.#known.set(sha256, known)
    return known
  }

  async #keep(sha256: string, result: BenchmarkResult): Promise<void> {
    this.#known.set(sha256, result)
    const file = await this.#file()
    file.keep(sha256, result)
  }

  #file(): Promise<BenchmarkResults> {
    const { file, machine = machineFacts } = this.#options
    this.#results ??= machine().then(facts => new BenchmarkResults(file, facts))
    return this.#results
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
