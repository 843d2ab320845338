import type { EventName, Events, Input, MethodName, Output } from './contract.ts'
import { fromPlainError, KindredError } from './errors.ts'
import type { ClientChannel, ServerMessage } from './rpc.ts'

/** `refused`: for good, since the host does not know this client. */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused'

export interface RpcClientOptions {
  /** Opens a new channel; called again after each loss. It is given up when this rejects with `link-refused`. */
  readonly connect: () => Promise<ClientChannel>
  /** Milliseconds before the n-th attempt to reconnect, n from 0. */
  readonly delay?: (attempt: number) => number
}

interface Pending {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Error) => void
}

/** Short at first, so that a restarted engine is found at once; at most a second. */
const defaultDelay = (attempt: number): number => Math.min(1000, 50 * 2 ** attempt)

/**
 * The client of the contract over any transport. When the channel closes, pending calls reject with `engine-gone`; the
 * client reconnects by itself and subscribes again, and the first snapshot makes up for missed events.
 */
export class RpcClient {
  readonly #options: RpcClientOptions
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<EventName, Set<(snapshot: never) => void>>()
  readonly #stateListeners = new Set<(state: ConnectionState) => void>()
  #channel: ClientChannel | undefined
  #opening: Promise<ClientChannel> | undefined
  #nextId = 1
  #closed = false

  constructor(options: RpcClientOptions) {
    this.#options = options
  }

  /** @throws KindredError the engine's error, `engine-gone` when the connection is lost, `cancelled` after the signal */
  async call<M extends MethodName>(method: M, input: Input<M>, signal?: AbortSignal): Promise<Output<M>> {
    if (signal?.aborted) throw new KindredError('cancelled', 'Stopped.')
    const channel = await this.#open()
    if (signal?.aborted) throw new KindredError('cancelled', 'Stopped.')
    const id = this.#nextId++
    const waiting = Promise.withResolvers<unknown>()
    this.#pending.set(id, waiting)
    const cancel = (): void => {
      channel.send({ type: 'cancel', id })
      this.#settle(id)?.reject(new KindredError('cancelled', 'Stopped.'))
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      channel.send({ type: 'call', id, method, input })
      return (await waiting.promise) as Output<M>
    } finally {
      this.#pending.delete(id)
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** Calls the listener with each snapshot of an event, the current one first. Returns a function that removes it. */
  on<E extends EventName>(event: E, listener: (snapshot: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    const first = listeners.size === 0
    listeners.add(listener)
    this.#listeners.set(event, listeners)
    if (first) this.#channel?.send({ type: 'subscribe', event })
    void this.#open().catch(() => undefined)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#channel?.send({ type: 'unsubscribe', event })
    }
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener)
    listener(this.#channel ? 'open' : 'connecting')
    return () => this.#stateListeners.delete(listener)
  }

  close(): void {
    this.#closed = true
    this.#channel?.close()
    this.#rejectAll()
  }

  #open(): Promise<ClientChannel> {
    if (this.#closed) return Promise.reject(gone())
    if (this.#channel) return Promise.resolve(this.#channel)
    this.#opening ??= this.#connectUntilOpen().finally(() => (this.#opening = undefined))
    return this.#opening
  }

  async #connectUntilOpen(): Promise<ClientChannel> {
    const delay = this.#options.delay ?? defaultDelay
    let attempt = 0
    while (this.#takesChannels()) {
      try {
        const channel = await this.#options.connect()
        if (this.#takesChannels()) {
          this.#use(channel)
          return channel
        }
        channel.close()
      } catch (error) {
        if (error instanceof KindredError && error.code === 'link-refused') {
          this.#closed = true
          this.#notify('refused')
          throw error
        }
        await new Promise(resolve => setTimeout(resolve, delay(attempt++)))
      }
    }
    throw gone()
  }

  #takesChannels(): boolean {
    return !this.#closed
  }

  #use(channel: ClientChannel): void {
    this.#channel = channel
    channel.onMessage(message => this.#receive(message))
    channel.onClose(() => {
      if (this.#channel !== channel) return
      this.#channel = undefined
      this.#rejectAll()
      this.#notify('lost')
      if (!this.#closed) void this.#open().catch(() => undefined)
    })
    for (const [event, listeners] of this.#listeners)
      if (listeners.size > 0) channel.send({ type: 'subscribe', event })
    this.#notify('open')
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'ok':
        this.#settle(message.id)?.resolve(message.output)
        break
      case 'err':
        this.#settle(message.id)?.reject(fromPlainError(message.error))
        break
      case 'event':
        for (const listener of this.#listeners.get(message.event) ?? []) listener(message.snapshot as never)
        break
      case 'hello':
        break
    }
  }

  #settle(id: number): Pending | undefined {
    const waiting = this.#pending.get(id)
    this.#pending.delete(id)
    return waiting
  }

  #rejectAll(): void {
    for (const { reject } of this.#pending.values()) reject(gone())
    this.#pending.clear()
  }

  #notify(state: ConnectionState): void {
    for (const listener of this.#stateListeners) listener(state)
  }
}

const gone = (): KindredError => new KindredError('engine-gone', 'The connection to the library was lost.')
