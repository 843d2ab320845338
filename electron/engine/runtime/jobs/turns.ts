/** The right to run alone. It can be passed on for a while, and waited for again. */
export interface Turn {
  /** Lets the next one run. */
  release(): void
  /** Waits until it can run again; the work must not have ended. */
  retake(): Promise<void>
}

/** Lets pieces of work that must not overlap run one after the other, first come, first served. */
export class Turns {
  #taken = false
  readonly #waiting: (() => void)[] = []

  /** Whether the next piece of work would start at once. */
  get free(): boolean {
    return !this.#taken
  }

  /**
   * Runs the work when its turn has come: at once, where it is free. Aborted while it waits, it is rejected at once and
   * never started; from its start on the work itself listens to the signal.
   */
  async take<T>(work: (turn: Turn) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#taken) await this.#wait(signal)
    else this.#taken = true
    let holds = true
    let over = false
    const turn: Turn = {
      release: () => {
        if (holds) this.#pass()
        holds = false
      },
      retake: async () => {
        if (holds) return
        if (this.#taken) await this.#wait()
        else this.#taken = true
        holds = true
        // Meanwhile the work may have been given up.
        if (over) turn.release()
      },
    }
    try {
      return await work(turn)
    } finally {
      over = true
      turn.release()
    }
  }

  /** Whoever is woken has the turn already. */
  #wait(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const wake = (): void => resolve(undefined)
    this.#waiting.push(wake)
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(wake)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      reject(signal!.reason as Error)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    return promise.finally(() => signal?.removeEventListener('abort', giveUp))
  }

  #pass(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken = false
  }
}
