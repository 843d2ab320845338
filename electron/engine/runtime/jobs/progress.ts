import type { JobProgress } from '../../../shared/results.ts'

/** Progress is reported at most once in so many milliseconds. */
const EVERY_MS = 100
/** The rate follows the last seconds of work: half of its weight lies in this many milliseconds. */
const HALF_LIFE_MS = 5000

/** Counts work, smooths its rate, and reports it at most ten times a second and always at the end of a phase. */
export class ProgressMeter {
  readonly #report: (progress: JobProgress) => void
  readonly #now: () => number
  #phase = ''
  #done = 0
  #total: number | undefined
  #rate: number | undefined
  #reportedAt = -Infinity
  #measuredAt = 0
  #measuredDone = 0

  constructor(report: (progress: JobProgress) => void, now: () => number = () => performance.now()) {
    this.#report = report
    this.#now = now
  }

  begin(phase: string, total?: number): void {
    if (this.#phase !== '') this.#emit()
    this.#phase = phase
    this.#done = 0
    this.#total = total
    this.#rate = undefined
    this.#measuredAt = this.#now()
    this.#measuredDone = 0
    this.#emit()
  }

  advance(count = 1): void {
    this.#done += count
    if (this.#now() - this.#reportedAt >= EVERY_MS) this.#emit()
  }

  end(): void {
    this.#emit()
  }

  #emit(): void {
    const now = this.#now()
    this.#measure(now)
    this.#reportedAt = now
    const rate = this.#rate ?? 0
    const left = this.#total === undefined ? undefined : this.#total - this.#done
    this.#report({
      phase: this.#phase,
      done: this.#done,
      rate,
      ...(this.#total === undefined ? {} : { total: this.#total }),
      ...(left !== undefined && rate > 0 ? { secondsLeft: left / rate } : {}),
    })
  }

  #measure(now: number): void {
    const elapsed = now - this.#measuredAt
    if (elapsed < EVERY_MS) return
    const current = ((this.#done - this.#measuredDone) / elapsed) * 1000
    const weight = 1 - 2 ** (-elapsed / HALF_LIFE_MS)
    this.#rate = this.#rate === undefined ? current : this.#rate + weight * (current - this.#rate)
    this.#measuredAt = now
    this.#measuredDone = this.#done
  }
}
