import type { RuntimeStatus } from '../../electron/shared/results.ts'
import { attempt } from './attempt.ts'
import type { Connection } from './connection.svelte.ts'

/** How fast the network runs on this computer, and in which runtime. */
export class Runtimes {
  status = $state.raw<RuntimeStatus | undefined>(undefined)
  #connection: Connection | undefined

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('runtimes', status => (this.status = status))
  }

  async measure(): Promise<void> {
    await attempt(this.#connection?.call('runtimes.measure', {}))
  }
}

export const runtimes = new Runtimes()
