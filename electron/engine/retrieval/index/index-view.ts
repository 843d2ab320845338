import type { NearestIds } from '../../../../native/faiss.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import type { DirectSearch } from './direct-search.ts'
import type { IndexLease } from './index-lease.ts'
import { LONG_RESULT, probesFor } from './measure-search.ts'
import type { SlowSearches } from './slow-searches.ts'

export interface Neighbour {
  readonly id: PhotoId
  /** Euclidean distance of the embeddings. */
  readonly distance: number
}

/** An index to search: the same vectors and the same version from the first search to the last. */
export interface IndexView {
  readonly version: ModelVersion
  /** The photos that can be found now. */
  readonly photos: ReadonlySet<PhotoId>
  /** Returns the k nearest photos of an embedding of this version, nearest first. */
  search(embedding: Float32Array, k: number): Promise<Neighbour[]>
  /** The same, exact whatever the layout. */
  searchExactly(embedding: Float32Array, k: number): Promise<Neighbour[]>
  /** Returns the k nearest among these photos, exact whatever the layout. */
  searchAmong(embedding: Float32Array, k: number, among: Uint32Array): Promise<Neighbour[]>
}

/**
 * Searches the vectors of a lease, for as long as that is used.
 * @param direct where a search takes less time than another thread needs to wake
 */
export function viewIndex(lease: IndexLease, direct: DirectSearch, slow: SlowSearches): IndexView {
  const { host, handle, version, layout, photos } = lease

  const nearest = async (embedding: Float32Array, k: number, nprobe: number): Promise<Neighbour[]> => {
    if (k < 1) return []
    const share = nprobe === 0 ? 1 : nprobe / layout.lists
    const numbers = photos.size * embedding.length * share
    const found = toNeighbours(
      direct.search(handle, embedding, k, nprobe, numbers) ??
        (await host.call('search', handle, embedding, k, nprobe)),
    )
    // The lists near the query may hold fewer than k photos.
    return nprobe === 0 || found.length === k ? found : nearest(embedding, k, 0)
  }

  const whySlow = (k: number): string => {
    if (direct.isChanging) return 'photos were being added or removed'
    if (layout.lists > 0 && k > LONG_RESULT)
      return `${k} photos were asked for, and results longer than ${LONG_RESULT} are exact`
    return 'the machine was busy with other work'
  }

  return {
    version,
    photos,

    async search(embedding, k) {
      const asked = Math.min(k, photos.size)
      const started = performance.now()
      const found = await nearest(embedding, asked, probesFor(asked, layout.nprobe))
      slow.note(performance.now() - started, () => whySlow(asked))
      return found
    },

    searchExactly: (embedding, k) => nearest(embedding, Math.min(k, photos.size), 0),

    async searchAmong(embedding, k, among) {
      const asked = Math.min(k, among.length, photos.size)
      if (asked < 1) return []
      return toNeighbours(await host.call('searchAmong', handle, embedding, asked, among))
    },
  }
}

/** Leaves out the places that a search for more photos than there are has left empty. */
const toNeighbours = ({ ids, distances }: NearestIds): Neighbour[] =>
  Array.from(ids, (id, i) => ({ id: id as PhotoId, distance: distances[i]! })).filter(({ id }) => id > 0)
