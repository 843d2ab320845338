/**
 * Starts work while its weight fits into the capacity: so many decodings at once, so many bytes in memory. First come,
 * first served; work heavier than the whole capacity runs alone.
 */
export class WeightedSemaphore {
  readonly #capacity: number
  readonly #waiting: { readonly weight: number; readonly start: () => void }[] = []
  #taken = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  async run<T>(weight: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(weight))
      await new Promise<void>(start => this.#waiting.push({ weight, start }))
    else this.#taken += weight
    try {
      return await work()
    } finally {
      this.#taken -= weight
      this.#admit()
    }
  }

  #fits(weight: number): boolean {
    return this.#taken === 0 || this.#taken + weight <= this.#capacity
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.weight); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#taken += next.weight
      next.start()
    }
  }
}
