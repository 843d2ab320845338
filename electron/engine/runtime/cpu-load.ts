import { cpus, type CpuInfo } from 'node:os'

/** Milliseconds over which the load is averaged, as the first figure of `os.loadavg`, and between two samples. */
const WINDOW_MS = 60_000
const EVERY_MS = 10_000

/** What the cores have done since the machine was started, in milliseconds of all cores together. */
interface Sample {
  readonly at: number
  readonly idle: number
  readonly total: number
}

/** How busy the cores are, from their own times: where the system keeps no load average, as Windows. */
export class CpuLoad {
  readonly #cpus: () => readonly Pick<CpuInfo, 'times'>[]
  readonly #now: () => number
  readonly #samples: Sample[] = []
  #timer: NodeJS.Timeout | undefined

  /** @param now milliseconds of a clock that only goes forward */
  constructor(read: () => readonly Pick<CpuInfo, 'times'>[] = cpus, now = () => performance.now()) {
    this.#cpus = read
    this.#now = now
  }

  /** Takes a sample now and then, so that there is always one from a while ago. */
  watch(): void {
    this.sample()
    this.#timer ??= setInterval(() => this.sample(), EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  sample(): void {
    const now = this.#read()
    // One older than the window stays, so that the samples always span it.
    while (this.#samples.length > 1 && now.at - this.#samples[1]!.at >= WINDOW_MS) this.#samples.shift()
    this.#samples.push(now)
  }

  /** The share of all cores that was busy in the last minute, 0…1; 0 before there was time to measure it. */
  share(): number {
    const [before] = this.#samples
    const now = this.#read()
    const total = before ? now.total - before.total : 0
    return total > 0 ? Math.min(1, Math.max(0, 1 - (now.idle - before!.idle) / total)) : 0
  }

  #read(): Sample {
    const times = this.#cpus().map(cpu => cpu.times)
    const total = times.reduce(
      (sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq,
      0,
    )
    return { at: this.#now(), idle: times.reduce((sum, { idle }) => sum + idle, 0), total }
  }
}
