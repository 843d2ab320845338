import type { Events, JobState, PhotoList } from '../../electron/shared/contract.ts'
import { asKindredError, type KindredError } from '../../electron/shared/errors.ts'
import { imageUrl, thumbUrl } from '../transport/media.ts'
import type { Connection } from './connection.svelte.ts'
import type { GridItems } from './grid-items.ts'

/** Shown for a photo that has come into the library since its list was read. */
const unknownLook = { aspect: 1, color: 0x808080 }

const empty: PhotoList = { generation: -1, ids: [], aspects: [], colors: [], dates: [] }

/** While an import runs the set changes many times a second; the grid follows at this pace. */
const REFRESH_MILLIS = 1000

const atWork: ReadonlySet<JobState> = new Set<JobState>(['running', 'paused', 'stopping'])

/** The library's status and its photos, kept up to date by the engine's events. */
export class Library {
  status = $state.raw<Events['library'] | undefined>(undefined)
  /** Newest first. */
  photos = $state.raw<PhotoList>(empty)
  error = $state.raw<KindredError | undefined>(undefined)
  /** Whether the list has arrived once. */
  loaded = $state(false)
  /** Whether photos are being added at present. */
  importing = $state(false)
  readonly #rows = $derived(new Map(this.photos.ids.map((id, row) => [id, row])))
  #connection: Connection | undefined
  #reading = false
  #lastRead = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  start(connection: Connection): void {
    this.#connection = connection
    connection.on('library', status => {
      this.status = status
      this.#refreshSoon()
    })
    connection.on('jobs', ({ jobs }) => {
      this.importing = jobs.some(
        ({ kind, state }) =>
          (kind === 'import' || kind === 'samples' || kind === 'albums') && atWork.has(state),
      )
    })
  }

  /** The place of a photo in the list, or undefined. */
  rowOf(id: number): number | undefined {
    return this.#rows.get(id)
  }

  /** Photos by their ids, as a grid shows them. */
  itemsOf(ids: readonly number[]): GridItems {
    const { aspects, colors } = this.photos
    const rows = ids.map(id => this.rowOf(id))
    return {
      ids,
      aspects: rows.map(row => (row === undefined ? unknownLook.aspect : aspects[row]!)),
      colors: rows.map(row => (row === undefined ? unknownLook.color : colors[row]!)),
    }
  }

  thumbUrlOf(id: number): string {
    const { aspects, colors } = this.itemsOf([id])
    return thumbUrl(id, colors[0]!, aspects[0]!)
  }

  imageUrlOf(id: number): string {
    const { aspects, colors } = this.itemsOf([id])
    return imageUrl(id, colors[0]!, aspects[0]!)
  }

  retry(): void {
    this.error = undefined
    void this.#read()
  }

  #refreshSoon(): void {
    if (this.#timer !== undefined || this.#reading || this.photos.generation === this.status?.generation)
      return
    const wait = Math.max(0, this.#lastRead + REFRESH_MILLIS - performance.now())
    this.#timer = setTimeout(() => void this.#read(), wait)
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#reading = true
    try {
      const photos = await this.#connection!.call('photos.list', {})
      if (photos.generation !== this.photos.generation) this.photos = photos
      this.loaded = true
      this.error = undefined
    } catch (error) {
      const failure = asKindredError(error)
      // A lost connection heals by itself: the first event after it asks again.
      if (failure.code !== 'engine-gone') this.error = failure
    } finally {
      this.#reading = false
      this.#lastRead = performance.now()
    }
    if (!this.error) this.#refreshSoon()
  }
}

export const library = new Library()
