import { quantile } from '../../../shared/quantile.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { IndexView } from '../index/index-view.ts'
import { scoreOf } from '../index/score.ts'

/** Photos taken for the background: enough for its quantiles, and compared in well under a millisecond. */
const DRAWN = 256

/** How a query's scores with photos from all over the library are spread: most of them are of other kinds. */
export interface Background {
  readonly median: number
  /** From the first quartile to the third. */
  readonly spread: number
}

/** Keeps the query apart from a background of equal scores, as of a library of one photo. */
const LEAST_SPREAD = 0.01

/** @param scores of a query with photos from all over the library, at least one */
export const backgroundOf = (scores: readonly number[]): Background => ({
  median: quantile(scores, 0.5),
  spread: Math.max(LEAST_SPREAD, quantile(scores, 0.75) - quantile(scores, 0.25)),
})

/** The photos that backgrounds are measured with: the same for every query of an index, so that results repeat. */
export class BackgroundPhotos {
  readonly #drawn = new WeakMap<ReadonlySet<PhotoId>, { readonly size: number; readonly ids: Uint32Array }>()

  /** Returns the background of a query; undefined in an empty library. */
  async measure(view: IndexView, embedding: Float32Array): Promise<Background | undefined> {
    const ids = this.#of(view.photos)
    const found = await view.searchAmong(embedding, ids.length, ids)
    return found.length === 0 ? undefined : backgroundOf(found.map(({ distance }) => scoreOf(distance)))
  }

  #of(photos: ReadonlySet<PhotoId>): Uint32Array {
    const known = this.#drawn.get(photos)
    if (known?.size === photos.size) return known.ids
    const ids = Uint32Array.from(strideSample([...photos], DRAWN))
    this.#drawn.set(photos, { size: photos.size, ids })
    return ids
  }
}
