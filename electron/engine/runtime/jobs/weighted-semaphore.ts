/**
 * Lets work in as long as there is room for its weight: so many decodings at once, so many bytes in memory. First come,
 * first served; what is heavier than all of the room goes in alone.
 */
export class WeightedSemaphore {
  readonly #room: number
  readonly #waiting: { readonly weight: number; readonly enter: () => void }[] = []
  #taken = 0

  constructor(room: number) {
    this.#room = room
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#taken === 0 && this.#waiting.length === 0
  }

  async run<T>(weight: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(weight))
      await new Promise<void>(enter => this.#waiting.push({ weight, enter }))
    else this.#taken += weight
    try {
      return await work()
    } finally {
      this.#taken -= weight
      this.#admit()
    }
  }

  #fits(weight: number): boolean {
    return this.#taken === 0 || this.#taken + weight <= this.#room
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.weight); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#taken += next.weight
      next.enter()
    }
  }
}
