import { quantile } from '../../../shared/quantile.ts'
import type { Logger } from '../../runtime/log.ts'

/** Searches that the median is taken of. */
const REMEMBERED = 256
/** Searches after which a median means something, and after which it is taken anew. */
const ENOUGH = 16
const TIMES_THE_MEDIAN = 10
/** Milliseconds below which nobody notices. */
const NOTICEABLE = 5

/** Tells of searches that take far longer than usual, and why: no slow path goes unnoticed. */
export class SlowSearches {
  readonly #log: Logger
  readonly #times: number[] = []
  #count = 0
  #median = Infinity

  constructor(log: Logger) {
    this.#log = log
  }

  /** Milliseconds; infinite until there were enough searches. */
  get median(): number {
    return this.#median
  }

  note(millis: number, reason: () => string): void {
    if (millis > TIMES_THE_MEDIAN * this.#median && millis > NOTICEABLE) {
      const [taken, usual] = [millis.toFixed(1), this.#median.toFixed(2)]
      this.#log('warn', `A search took ${taken} ms, usually it takes ${usual}: ${reason()}.`, { millis })
    }
    this.#times[this.#count++ % REMEMBERED] = millis
    if (this.#count % ENOUGH === 0) this.#median = quantile(this.#times, 0.5)
  }
}
