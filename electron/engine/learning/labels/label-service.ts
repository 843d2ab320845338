import type { Catalog } from '../../library/catalog/catalog.ts'
import type { EmbeddingIndex } from '../../retrieval/index/embedding-index.ts'
import { askMe, type AskedPhoto } from './active-learning.ts'
import { suggest, type Suggested } from './suggestions.ts'

/** Proposes labels, by the index in use. */
export class LabelService {
  readonly #catalog: Catalog
  readonly #index: EmbeddingIndex

  constructor(catalog: Catalog, index: EmbeddingIndex) {
    this.#catalog = catalog
    this.#index = index
  }

  /**
   * Photos that most likely belong to an album.
   * @throws KindredError `album-not-found`
   */
  suggest(album: number, limit: number): Promise<Suggested> {
    return this.#index.use(view => suggest(this.#catalog, view, album, limit))
  }

  /** The photos whose label would teach the most. */
  askMe(limit: number): Promise<AskedPhoto[]> {
    return this.#index.use(view => askMe(this.#catalog, view, limit))
  }
}
