import type { Events, PhotoList } from '../../electron/shared/contract.ts'
import { asKindredError, type KindredError } from '../../electron/shared/errors.ts'
import type { TileAddress } from '../../electron/shared/media-url.ts'
import { imageUrl, thumbUrl, tileUrl } from '../transport/media.ts'
import type { Connection } from './connection.svelte.ts'
import type { GridItems } from './grid-items.ts'
import { isAtWork } from './jobs.svelte.ts'

/** Stands in for a photo that was added to the library after its list was read. */
const unknownLook = { aspect: 1, color: 0x808080 }

const empty: PhotoList = {
  generation: -1,
  ids: [],
  aspects: [],
  colors: [],
  dates: [],
  durations: [],
  damaged: [],
  parts: [],
}

/** During an import the list changes many times a second; it is read again no more often than this. */
const REFRESH_MILLIS = 1000

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
  /** Photos whose drive is not there at present. */
  away = $state.raw<ReadonlySet<number>>(new Set())
  /** Photos of which a part is missing. */
  readonly damaged: ReadonlySet<number> = $derived(new Set(this.photos.damaged))
  #awayRead = ''
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
      void this.#readAway()
    })
    connection.on('jobs', ({ jobs }) => {
      this.importing = jobs.some(
        job => (job.kind === 'import' || job.kind === 'samples' || job.kind === 'albums') && isAtWork(job),
      )
    })
  }

  /** Returns the index of a photo in the list, or undefined. */
  rowOf(id: number): number | undefined {
    return this.#rows.get(id)
  }

  /** Returns the date of a photo, as in the list, or undefined. */
  dateOf(id: number): number | undefined {
    const row = this.rowOf(id)
    return row === undefined ? undefined : this.photos.dates[row]
  }

  /** Returns photos by their ids, as columns for a grid. */
  itemsOf(ids: readonly number[]): GridItems {
    const { aspects, colors, durations, parts } = this.photos
    const rows = ids.map(id => this.rowOf(id))
    return {
      ids,
      aspects: rows.map(row => (row === undefined ? unknownLook.aspect : aspects[row]!)),
      colors: rows.map(row => (row === undefined ? unknownLook.color : colors[row]!)),
      durations: rows.map(row => (row === undefined ? 0 : durations[row]!)),
      parts: rows.map(row => (row === undefined ? 0 : parts[row]!)),
    }
  }

  thumbUrlOf(id: number): string {
    const { aspects, colors } = this.itemsOf([id])
    return thumbUrl(id, colors[0]!, aspects[0]!)
  }

  /** @param size pixels of the longest edge, one of `imageSizes` */
  imageUrlOf(id: number, size?: number): string {
    const { aspects, colors } = this.itemsOf([id])
    return imageUrl(id, colors[0]!, aspects[0]!, size)
  }

  tileUrlOf(id: number, tile: TileAddress): string {
    const { aspects, colors } = this.itemsOf([id])
    return tileUrl(id, colors[0]!, aspects[0]!, tile)
  }

  /** Width of a photo by its height. */
  aspectOf(id: number): number {
    return this.itemsOf([id]).aspects[0]!
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

  async #readAway(): Promise<void> {
    const { away = [], generation } = this.status ?? {}
    const wanted = away.length > 0 ? JSON.stringify([away, generation]) : ''
    if (wanted === this.#awayRead) return
    this.#awayRead = wanted
    if (wanted === '') this.away = new Set()
    // A failure is shown by no photo; the next change reads it again.
    else
      await this.#connection!.call('photos.away', {}).then(
        ({ ids }) => (this.away = new Set(ids)),
        () => (this.#awayRead = ''),
      )
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
      // After a lost connection, the first event reads the list again.
      if (failure.code !== 'engine-gone') this.error = failure
    } finally {
      this.#reading = false
      this.#lastRead = performance.now()
    }
    if (!this.error) this.#refreshSoon()
  }
}

export const library = new Library()
