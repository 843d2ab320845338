import type { PhotoDetails } from '../../electron/shared/contract.ts'
import { connection } from './connection.svelte.ts'

/** The details of one photo at a time; a new request cancels the one before. */
export class PhotoDetailsState {
  details: PhotoDetails | undefined = $state.raw()
  #controller: AbortController | undefined

  async show(id: number | undefined): Promise<void> {
    this.#controller?.abort()
    if (id === undefined) {
      this.details = undefined
      return
    }
    if (this.details?.id === id) return
    this.#controller = new AbortController()
    try {
      this.details = await connection.call('photos.get', { id }, this.#controller.signal)
    } catch {
      // Superseded by the next photo, or the engine is away: the old details stay until there are others.
    }
  }
}
