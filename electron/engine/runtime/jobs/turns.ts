import { WeightedSemaphore } from './weighted-semaphore.ts'

/** Lets pieces of work that must not overlap run one after the other, first come, first served. */
export class Turns {
  readonly #semaphore = new WeightedSemaphore(1)

  /** Whether the next piece of work would start at once. */
  get free(): boolean {
    return this.#semaphore.idle
  }

  /**
   * Runs the work when its turn has come. Aborted while it waits, it is rejected at once and never started; from its
   * start on the work itself listens to the signal.
   */
  take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let started = false
    const turn = this.#semaphore.run(1, () => {
      signal?.throwIfAborted()
      started = true
      return work()
    })
    if (!signal) return turn
    const aborted = new Promise<never>((_, reject) => {
      const refuse = (): void => {
        if (!started) reject(signal.reason as Error)
      }
      signal.addEventListener('abort', refuse, { once: true })
      const forget = (): void => signal.removeEventListener('abort', refuse)
      turn.then(forget, forget)
    })
    return Promise.race([turn, aborted])
  }
}
