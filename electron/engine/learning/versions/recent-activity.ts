import { setTimeout as sleep } from 'node:timers/promises'

/** After its last call the engine counts as being used for so long. */
const ACTIVE_MS = 250
const LOOK_EVERY_MS = 15
/** A training waits this long before each few steps, so that at worst it runs at half its speed. */
const LONGEST_WAIT_MS = 150

/** Knows when the engine was last used, so that training can give way. */
export class RecentActivity {
  #activeUntil = 0

  record(): void {
    this.#activeUntil = performance.now() + ACTIVE_MS
  }

  /** Waits while the engine is being used, up to a limit. */
  async yield(): Promise<void> {
    const limit = performance.now() + LONGEST_WAIT_MS
    while (performance.now() < Math.min(limit, this.#activeUntil)) await sleep(LOOK_EVERY_MS)
  }
}
