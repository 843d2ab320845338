import { fork, type ChildProcess } from 'node:child_process'
import { KindredError } from '../../../shared/errors.ts'
import type { NetworkPixels } from '../../media/decode.ts'
import type { Call, Reply } from '../../runtime/threads/rpc.ts'
import type { Embedder } from '../network/embedder.ts'
import type { Network } from '../network/model-card.ts'
import { packPixels } from '../network/pack-pixels.ts'
import type { Candidate } from './candidates.ts'
import type { RuntimeApi } from './loaded-network.ts'

/** Milliseconds that a process may take before it counts as hanging. */
export interface Deadlines {
  /** To load the network, and for the first batch: drivers compile what they have not run yet. */
  readonly start: number
  readonly batch: number
}

export const usualDeadlines: Deadlines = { start: 120_000, batch: 30_000 }

/**
 * A network in a runtime that has a process of its own. Once it has failed, crashed or hung, the process is ended and
 * every call is rejected with the same reason.
 */
export class ProcessEmbedder implements Embedder {
  readonly runtime: string
  readonly featureLength: number
  readonly inputSize: number
  readonly #candidate: Candidate
  readonly #network: Network
  readonly #deadlines: Deadlines
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #child: ChildProcess | undefined
  #loaded: Promise<unknown> | undefined
  #gone: KindredError | undefined
  #last: Promise<unknown> = Promise.resolve()
  #nextId = 1
  #hasWorked = false

  constructor(candidate: Candidate, network: Network, deadlines = usualDeadlines) {
    this.#candidate = candidate
    this.#network = network
    this.#deadlines = deadlines
    this.runtime = candidate.name
    this.featureLength = network.card.output.length
    this.inputSize = network.card.input.size
  }

  /**
   * Starts the process and loads the network in it; a second call waits for the same.
   * @throws KindredError `runtime-failed` with the reason
   */
  async load(): Promise<void> {
    const { file, card } = this.#network
    this.#loaded ??= this.#inTurn(this.#deadlines.start, 'load', file, card)
    await this.#loaded
  }

  async features(photos: readonly NetworkPixels[]): Promise<Float32Array> {
    await this.load()
    const { start, batch } = this.#deadlines
    const rgb = packPixels(photos, this.inputSize)
    const features = await this.#inTurn(this.#hasWorked ? batch : start, 'features', rgb, photos.length)
    this.#hasWorked = true
    if (
      !(features instanceof Float32Array) ||
      features.length !== photos.length * this.featureLength ||
      !features.every(Number.isFinite)
    )
      throw this.#fail('It answered no features.')
    return features
  }

  async close(): Promise<void> {
    this.#fail('It was closed.')
    return Promise.resolve()
  }

  /** Sends one call after the other, so that each has its deadline for itself. */
  #inTurn<M extends keyof RuntimeApi>(
    deadline: number,
    method: M,
    ...args: Parameters<RuntimeApi[M]>
  ): Promise<unknown> {
    const result = this.#last.then(() => this.#call(deadline, method, args))
    this.#last = result.catch(() => undefined)
    return result
  }

  async #call(deadline: number, method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#gone) throw this.#gone
    const child = (this.#child ??= this.#start())
    const id = this.#nextId++
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    const timer = setTimeout(
      () => this.#fail(`It did not answer within ${deadline / 1000} seconds.`),
      deadline,
    )
    try {
      child.send({ id, method, args } satisfies Call)
      return await waiting.promise
    } finally {
      clearTimeout(timer)
    }
  }

  #start(): ChildProcess {
    const { program, argument } = this.#candidate
    const child = fork(program, [argument], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    })
    child.on('message', (reply: Reply) => this.#settle(reply))
    child.on('error', error => this.#fail(`Its process failed: ${error.message}`))
    child.on('exit', (code, signal) => this.#fail(`Its process ended unasked (${signal ?? code ?? ''}).`))
    // An idle process does not keep a command from ending.
    child.unref()
    child.channel?.unref()
    return child
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('error' in reply) waiting?.reject(this.#fail(reply.error.message))
    else waiting?.resolve(reply.value)
  }

  #fail(reason: string): KindredError {
    this.#gone ??= new KindredError('runtime-failed', reason)
    this.#child?.kill('SIGKILL')
    for (const waiting of this.#waiting.values()) waiting.reject(this.#gone)
    this.#waiting.clear()
    return this.#gone
  }
}
