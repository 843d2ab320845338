import { quantile } from '../../../shared/quantile.ts'
import type { Logger } from '../../runtime/log.ts'

/** The median is of the last so many searches. */
const REMEMBERED = 256
/** Searches until the median is first taken, and from one time to the next. */
const ENOUGH = 16
const TIMES_THE_MEDIAN = 10
/** Milliseconds below which a search is never called slow. */
const NOTICEABLE = 5

/** Warns in the log of searches that take far longer than usual, and says why. */
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
      const usual = this.#median.toFixed(2)
      const message = `A search took ${millis.toFixed(1)} ms, usually it takes ${usual}: ${reason()}.`
      this.#log('warn', message, { millis })
    }
    this.#times[this.#count++ % REMEMBERED] = millis
    if (this.#count % ENOUGH === 0) this.#median = quantile(this.#times, 0.5)
  }
}
