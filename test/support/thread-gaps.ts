/** How often the event loop is looked at, in milliseconds. */
const EVERY_MS = 2

/** A time in which a thread's event loop did not get around. */
export interface Gap {
  /** Milliseconds between two turns of the event loop. */
  readonly wall: number
  /** Milliseconds of them in which this thread was computing, whatever other programs did meanwhile. */
  readonly cpu: number
}

/** Watches the event loop of the thread that it runs on. */
export class ThreadGaps {
  #timer: NodeJS.Timeout | undefined
  #longest: Gap = { wall: 0, cpu: 0 }
  #at = 0
  #cpu = 0

  /** @param onGap called with each gap as it ends */
  start(onGap: (gap: Gap) => void = () => undefined): void {
    this.#longest = { wall: 0, cpu: 0 }
    this.#look()
    this.#timer = setInterval(() => {
      const [at, cpu] = [this.#at, this.#cpu]
      this.#look()
      const gap = { wall: this.#at - at, cpu: this.#cpu - cpu }
      if (gap.cpu > this.#longest.cpu) this.#longest = gap
      onGap(gap)
    }, EVERY_MS)
  }

  /** Returns the gap with the most computing since the start. */
  stop(): Gap {
    clearInterval(this.#timer)
    return this.#longest
  }

  #look(): void {
    const { user, system } = process.threadCpuUsage()
    this.#at = performance.now()
    this.#cpu = (user + system) / 1000
  }
}
