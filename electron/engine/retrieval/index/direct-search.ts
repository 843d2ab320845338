import type { NearestIds } from '../../../../native/faiss.ts'
import { directIndex } from './index-host.ts'

/** Numbers compared in about a millisecond: sooner than another thread is woken. */
const FEW_NUMBERS = 4_000_000
/** Milliseconds of searches one after another, until everything else that waits for this thread gets a turn. */
const LONGEST_TURN = 4

/** Searches on the calling thread, where that takes less time than the way to the index thread and back. */
export class DirectSearch {
  /** Changes of the vectors under way. */
  #changes = 0
  /** Milliseconds that searches have taken in this turn of the event loop. */
  #spent = 0

  get isChanging(): boolean {
    return this.#changes > 0
  }

  /** Sends all searches to the index thread until the change is done: there they wait for what was added before them. */
  async during(change: Promise<void>): Promise<void> {
    this.#changes++
    try {
      await change
    } finally {
      this.#changes--
    }
  }

  /**
   * @param numbers how many numbers the search compares
   * @returns undefined where the index thread is to search: for a long search, while vectors are being changed, and once
   * searches have taken enough of this turn
   */
  search(
    handle: number,
    embedding: Float32Array,
    k: number,
    nprobe: number,
    numbers: number,
  ): NearestIds | undefined {
    if (numbers > FEW_NUMBERS || this.isChanging || this.#spent > LONGEST_TURN) return undefined
    const started = performance.now()
    const found = directIndex()?.trySearch(handle, embedding, k, nprobe)
    if (this.#spent === 0) setImmediate(() => (this.#spent = 0))
    this.#spent += performance.now() - started
    return found
  }
}
