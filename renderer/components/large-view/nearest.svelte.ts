import { asKindredError, type KindredError } from '../../../electron/shared/errors.ts'
import { connection } from '../../state/connection.svelte.ts'

/** How many similar photos the large view shows. */
const COUNT = 12

export interface NearPhoto {
  readonly photo: number
  /** 0…1. */
  readonly score: number
}

/** The photos most similar to the one that is shown. */
export class NearestPhotos {
  list: readonly NearPhoto[] = $state.raw([])
  /** The photo to which they are similar. */
  of = $state<number | undefined>(undefined)
  error: KindredError | undefined = $state.raw()
  #controller: AbortController | undefined

  /** Finds them; a search for another photo is given up. */
  async find(photo: number): Promise<void> {
    this.stop()
    const controller = new AbortController()
    this.#controller = controller
    try {
      const input = { examples: [{ photo }], not: [], k: COUNT }
      const { ids, scores } = await connection.call('similar.search', input, controller.signal)
      this.list = ids.map((id, n) => ({ photo: id, score: scores[n]! }))
      this.of = photo
      this.error = undefined
    } catch (error) {
      const failure = asKindredError(error)
      if (failure.code !== 'cancelled') this.error = failure
    }
  }

  stop(): void {
    this.#controller?.abort()
  }
}
