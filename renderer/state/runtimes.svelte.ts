import type { RuntimeStatus } from '../../electron/shared/results.ts'
import type { Connection } from './connection.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** How fast the network runs on this computer, and in which runtime. */
export class Runtimes {
  status = $state.raw<RuntimeStatus | undefined>(undefined)
  #connection: Connection | undefined

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('runtimes', status => (this.status = status))
  }

  async measure(): Promise<void> {
    try {
      await this.#connection?.call('runtimes.measure', {})
    } catch (error) {
      toasts.error(error)
    }
  }
}

export const runtimes = new Runtimes()
