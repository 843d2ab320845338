import type { EventName, Events, Input, MethodName, Output } from '../../electron/shared/contract.ts'
import type { ConnectionState, RpcClient } from '../../electron/shared/rpc-client.ts'

/** The engine, as the rest of the interface sees it: calls, events, and whether it can be reached. */
export class Connection {
  state = $state<ConnectionState>('connecting')
  #client: RpcClient | undefined

  start(client: RpcClient): void {
    this.#client = client
    client.onState(state => {
      this.state = state
    })
  }

  get client(): RpcClient {
    if (!this.#client) throw new Error('The connection has not been started.')
    return this.#client
  }

  /** @throws KindredError */
  call<M extends MethodName>(method: M, input: Input<M>, signal?: AbortSignal): Promise<Output<M>> {
    return this.client.call(method, input, signal)
  }

  /** Calls the listener with every snapshot of an event, the current one first. Returns how to stop. */
  on<E extends EventName>(event: E, listener: (snapshot: Events[E]) => void): () => void {
    return this.client.on(event, listener)
  }
}

export const connection = new Connection()
