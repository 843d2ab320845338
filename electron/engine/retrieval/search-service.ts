/** @file Similar search, from the images of a request to scored photos. */
import { KindredError } from '../../shared/errors.ts'
import type { CalibrationBasis, SensibleEnd } from '../../shared/contract.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { SimilarResult } from '../../shared/results.ts'
import type { CatalogReader } from '../library/catalog/catalog-reader.ts'
import { librarySpelling } from '../library/real-path.ts'
import { isOpen, type PhotoFilter } from '../library/catalog/photo-filter.ts'
import type { Calibrator } from './calibration/calibrator.ts'
import { probabilitiesOf } from './calibration/kind-model.ts'
import { sensibleEnd } from './calibration/sensible-end.ts'
import {
  embedImages,
  type EmbeddedImage,
  type ImageReference,
  type QueryImage,
  type QueryTools,
} from './image-query.ts'
import { requireLimits } from './limits.ts'
import { combineEmbeddings, type WeightedEmbedding } from './query.ts'
import { findSimilar, type ScoredPhoto, type Selection } from './similar.ts'

export interface SimilarRequest {
  readonly images: readonly QueryImage[]
  readonly not?: readonly QueryImage[]
  readonly k?: number
  readonly min?: number
  readonly max?: number
  readonly filter?: PhotoFilter | undefined
}

export interface NearestPhotos {
  readonly model: string
  readonly millis: SimilarResult['millis']
  /** Nearest first. */
  readonly photos: readonly ScoredPhoto[]
  /** That each of them is of the same kind as the query, 0…1. */
  readonly probabilities: readonly number[]
  readonly end: SensibleEnd
  readonly calibration: CalibrationBasis
}

const weighted = (embedded: readonly EmbeddedImage[], images: readonly QueryImage[]): WeightedEmbedding[] =>
  embedded.map(({ embedding }, i) => ({ embedding, weight: images[i]!.weight }))

/** Finds the photos most similar to one or several images. */
export class SearchService {
  readonly #tools: QueryTools
  readonly #reader: CatalogReader
  readonly #calibrator: Calibrator

  constructor(tools: QueryTools, reader: CatalogReader, calibrator: Calibrator) {
    this.#calibrator = calibrator
    this.#tools = tools
    this.#reader = reader
  }

  /**
   * The photos most similar to the images, those of the query left out, with their paths and albums.
   * @throws KindredError `library-empty`, `bad-argument`, and the codes of images that cannot be read
   */
  async similar(request: SimilarRequest): Promise<SimilarResult> {
    const { catalog } = this.#tools
    const { model, millis, photos } = await this.nearest(request)
    const results = catalog.snapshot(() =>
      photos.map(({ id, score, distance }, i) => {
        const path = catalog.files.pathOf(id) ?? ''
        const albums = catalog.albums.albumsOf(id).map(album => catalog.albums.nameOf(album))
        return { rank: i + 1, id, path, score, distance, albums }
      }),
    )
    return { query: request.images.map(image => this.#nameOf(image)), model, millis, results }
  }

  /** The same by ids alone. */
  async nearest(request: SimilarRequest): Promise<NearestPhotos> {
    const { index } = this.#tools
    const { images, not = [], k = 20, min = 0, max = 1, filter = {} } = request
    requireLimits({ k, min, max })
    if (index.size === 0) throw new KindredError('library-empty', 'There are no photos in this library yet.')

    const started = performance.now()
    // One version from the query's embedding to the result, whatever is switched meanwhile.
    return index.use(async view => {
      const positives = await embedImages(this.#tools, images, view.version)
      const negatives = await embedImages(this.#tools, not, view.version)
      const embedding = combineEmbeddings(weighted(positives, images), weighted(negatives, not))
      const embedded = performance.now()
      const excluded = new Set([
        ...this.#shownBy([...positives, ...negatives]),
        ...this.#labelledNotLike(positives),
      ])
      const within = isOpen(filter) ? undefined : this.#selection(filter)
      const photos = await findSimilar(view, embedding, excluded, { k, min, max, within })
      const background = await this.#calibrator.backgrounds.measure(view, embedding)
      const { model, calibration } = this.#calibrator.of(view.version)
      const scores = photos.map(({ score }) => score)
      const probabilities = background ? probabilitiesOf(model, scores, background) : []
      const finished = performance.now()
      const millis = { embed: embedded - started, search: finished - embedded, total: finished - started }
      return {
        model: view.version.name,
        millis,
        photos,
        probabilities,
        end: sensibleEnd(probabilities),
        calibration,
      }
    })
  }

  #selection(given: PhotoFilter): Selection {
    const { catalog } = this.#tools
    const folders = given.folders?.map(folder => librarySpelling(folder, catalog.roots()))
    const filter = { ...given, folders }
    return {
      few: most => catalog.filtered.few(filter, most),
      of: photos => catalog.filtered.of(filter, photos),
      all: () => this.#reader.photosWithin(filter),
    }
  }

  /** The photos of the query; of a part, the photo that shows it. */
  #shownBy(images: readonly EmbeddedImage[]): readonly PhotoId[] {
    const { parts } = this.#tools.catalog
    return images.flatMap(({ id }) => (id === undefined ? [] : [id, parts.mainOf(id)]))
  }

  /** Photos labelled "not like" the one that is searched by. Several images together are a query of their own. */
  #labelledNotLike([query, ...others]: readonly EmbeddedImage[]): readonly PhotoId[] {
    if (query?.id === undefined || others.length > 0) return []
    const { albums, parts } = this.#tools.catalog
    return albums.notLikeOf(parts.mainOf(query.id))
  }

  #nameOf(image: ImageReference): string {
    if ('path' in image) return image.path
    if ('name' in image) return image.name
    return this.#tools.catalog.files.pathOf(image.id) ?? `photo ${image.id}`
  }
}
