import { albums } from './albums.svelte.ts'
import { connection } from './connection.svelte.ts'

export interface Suggestion {
  readonly photo: number
  readonly confidence: number
}

/** Photos that are less likely are not suggested: most of them would be refused. */
const MIN_CONFIDENCE = 0.3

/** Photos that may belong to an album, to be decided on one by one. */
export class Suggestions {
  list = $state.raw<readonly Suggestion[]>([])
  loaded = $state(false)
  readonly #album: number
  #skipped = new Set<number>()

  constructor(album: number) {
    this.#album = album
  }

  async load(signal?: AbortSignal): Promise<void> {
    try {
      const { ids, confidences } = await connection.call('albums.suggest', { id: this.#album }, signal)
      this.list = ids
        .map((photo, i) => ({ photo, confidence: confidences[i]! }))
        .filter(({ photo, confidence }) => confidence >= MIN_CONFIDENCE && !this.#skipped.has(photo))
    } catch {
      // No message: the album is shown without suggestions, and the next change of an album loads them again.
    } finally {
      this.loaded = true
    }
  }

  accept(): void {
    const first = this.#take()
    if (first) void albums.add(this.#album, [first.photo])
  }

  refuse(): void {
    const first = this.#take()
    if (first) void albums.refuse(this.#album, [first.photo])
  }

  skip(): void {
    const first = this.#take()
    if (first) this.#skipped.add(first.photo)
  }

  #take(): Suggestion | undefined {
    const [first, ...rest] = this.list
    this.list = rest
    return first
  }
}
