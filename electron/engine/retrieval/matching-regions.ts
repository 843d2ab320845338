import { KindredError } from '../../shared/errors.ts'
import type { AlbumId, PhotoId } from '../../shared/ids.ts'
import type { MatchingRegions } from '../../shared/contract.ts'
import { decodeForNetwork } from '../media/careful-decode.ts'
import { readPhoto } from '../media/read-photo.ts'
import { projectRows, type Head } from '../vision/head/head.ts'
import type { ModelVersion } from '../vision/model-versions.ts'
import { RegionNetwork } from '../vision/regions/region-network.ts'
import type { PlaceFeatures } from '../vision/regions/regions.worker.ts'
import { embedImage, embedImages, type QueryImage, type QueryTools } from './image-query.ts'

/** Neighbours of a photo among which its nearest album is looked for. */
const NEIGHBOURS = 40

/**
 * Which regions of two photos make them similar. The score of two photos is the mean, over the places of one, of how far
 * each place points towards the other: that share is the heat of the place (Stylianou, Souvenir and Pless, "Visualizing
 * deep similarity networks", WACV 2019).
 */
export class RegionService {
  readonly #tools: QueryTools
  readonly #network = new RegionNetwork()

  constructor(tools: QueryTools) {
    this.#tools = tools
  }

  /**
   * Compares a result with the one of the query's examples that it is most similar to.
   * @throws KindredError `no-regions`, `photo-not-found`, and the codes of images that cannot be read
   */
  async match(examples: readonly QueryImage[], photo: PhotoId): Promise<MatchingRegions> {
    const { index } = this.#tools
    return index.use(async view => {
      const { version } = view
      const { embedding: result } = await embedImage(this.#tools, { id: photo }, undefined, version)
      const embeddings = await embedImages(this.#tools, examples, version)
      const scores = embeddings.map(({ embedding }) => dot(embedding, result))
      const example = scores.indexOf(Math.max(...scores))
      const query = embeddings[example]!.embedding
      const places = await Promise.all([
        this.#placesOf(examples[example]!, version),
        this.#placesOf({ id: photo }, version),
      ])
      const score = scores[example]!
      return {
        example,
        score,
        distance: Math.sqrt(Math.max(0, 2 - 2 * score)),
        query: {
          rows: places[0].rows,
          columns: places[0].columns,
          heat: heatOf(version.head, places[0], result),
        },
        result: {
          rows: places[1].rows,
          columns: places[1].columns,
          heat: heatOf(version.head, places[1], query),
        },
        album: this.#mostFrequentAlbum(
          (await view.search(result, NEIGHBOURS)).map(({ id }) => id),
          photo,
        ),
      }
    })
  }

  async close(): Promise<void> {
    await this.#network.close()
  }

  async #placesOf(image: QueryImage, version: ModelVersion): Promise<PlaceFeatures> {
    const network = this.#tools.backbones.network(version.backboneId)
    const bytes = await this.#bytesOf(image)
    const pixels = await decodeForNetwork(bytes, network.card.input.size, image.crop)
    return this.#network.places(network, pixels)
  }

  /** A thumbnail is as sharp as the network's input; a part of a photo needs the photo. */
  async #bytesOf(image: QueryImage): Promise<Buffer> {
    if ('bytes' in image) return image.bytes
    const { catalog, thumbnails } = this.#tools
    const id = 'id' in image ? image.id : undefined
    const hash = id === undefined ? undefined : catalog.photos.byId(id)?.contentHash
    const thumbnail = hash && !image.crop ? await thumbnails.read(hash) : undefined
    if (thumbnail) return thumbnail
    const path = 'path' in image ? image.path : catalog.files.pathOf(image.id)
    const read = path === undefined ? undefined : await readPhoto(path)
    if (!read) throw new KindredError('photo-not-found', 'This photo is no longer in the library.')
    return read.bytes
  }

  /** The album that most of these photos are in, the photo itself aside; null where they are in none. */
  #mostFrequentAlbum(photos: readonly PhotoId[], self: PhotoId): AlbumId | null {
    const counts = new Map<AlbumId, number>()
    for (const id of photos)
      if (id !== self)
        for (const album of this.#tools.catalog.albums.albumsOf(id))
          counts.set(album, (counts.get(album) ?? 0) + 1)
    return [...counts].reduce<[AlbumId | null, number]>((a, b) => (b[1] > a[1] ? b : a), [null, 0])[0]
  }
}

/**
 * Returns how far each place of a photo points towards another photo.
 * @param other the embedding of the other photo, of length 1
 * @returns one value for each place, whose mean is the score of the two photos
 */
export function heatOf(
  head: Head,
  { features, rows, columns }: PlaceFeatures,
  other: Float32Array,
): number[] {
  const { dimension } = head
  const projected = projectRows(head, features)
  const places = rows * columns
  const mean = new Float32Array(dimension)
  for (let p = 0; p < places; p++)
    for (let d = 0; d < dimension; d++) mean[d]! += projected[p * dimension + d]! / places
  const length = Math.sqrt(dot(mean, mean)) || 1
  return Array.from(
    { length: places },
    (_, p) => dot(projected.subarray(p * dimension, (p + 1) * dimension), other) / length,
  )
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
