import { MOST_CAPTIONS } from '../../electron/shared/query-limits.ts'
import type { Connection } from './connection.svelte.ts'

export interface Caption {
  /** Of its file. */
  readonly name: string
  readonly albums: readonly number[]
}

/** Milliseconds after the last photo came into sight: one call is for all of a screen. */
const SETTLED = 120
/** Captions that are kept; beyond, those of the photos in sight are fetched again. */
const MOST_KEPT = 5000

/** What photos are called by, fetched for those in sight. */
export class Captions {
  #known: ReadonlyMap<number, Caption> = $state.raw(new Map())
  #wanted: readonly number[] = []
  #connection: Connection | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #revision = -1
  #generation = -1

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('albums', ({ revision }) => {
      if (revision !== this.#revision) this.#forget()
      this.#revision = revision
    })
    connection.on('library', ({ generation }) => {
      if (generation !== this.#generation) this.#forget()
      this.#generation = generation
    })
  }

  of(id: number): Caption | undefined {
    return this.#known.get(id)
  }

  /** @param photos that are in sight */
  want(photos: readonly number[]): void {
    this.#wanted = photos.slice(0, MOST_CAPTIONS)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#fetch(), SETTLED)
  }

  #forget(): void {
    this.#known = new Map()
    this.want(this.#wanted)
  }

  async #fetch(): Promise<void> {
    const photos = this.#wanted.filter(id => !this.#known.has(id))
    if (photos.length === 0) return
    const before = this.#known
    // Photos keep their places and dates as names where this fails; the next screen asks again.
    const found = await this.#connection?.call('photos.captions', { photos }).catch(() => undefined)
    if (!found || before !== this.#known) return
    const kept = this.#known.size + photos.length > MOST_KEPT ? [] : this.#known
    const added = photos.map((id, i): [number, Caption] => [
      id,
      { name: found.names[i]!, albums: found.albums[i]! },
    ])
    this.#known = new Map([...kept, ...added])
  }
}

export const captions = new Captions()
