import { albums } from './albums.svelte.ts'
import { connection } from './connection.svelte.ts'

export interface Suggestion {
  readonly photo: number
  readonly confidence: number
}

/** Below this nothing is suggested: most of it would be refused. */
const LEAST = 0.05

/** The lane of photos that may belong to an album, to be emptied one by one. */
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
        .filter(({ photo, confidence }) => confidence >= LEAST && !this.#skipped.has(photo))
    } catch {
      // Left alone: the album is shown without them, and they are asked for again with its next change.
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
