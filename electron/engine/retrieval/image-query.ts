import { KindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { embed } from '../vision/head/head.ts'
import type { Backbones } from '../vision/backbones.ts'
import { embedPhotos } from './index/embed-photos.ts'
import type { EmbeddingIndex } from './index/embedding-index.ts'
import { decodeForNetwork, decodePhoto } from '../media/careful-decode.ts'
import type { Crop } from '../media/decode.ts'
import { hashPhoto, readPhoto, stampOf, type PhotoBytes } from '../media/read-photo.ts'
import type { ThumbnailCache } from '../media/thumbnails.ts'
import type { Video } from '../media/video/read-video.ts'
import { withVideo } from '../media/video/video-traits.ts'
import type { FilePath } from '../library/paths.ts'
import type { ModelVersion } from '../vision/model-versions.ts'
import { PIPELINE_VERSION } from '../library/pipeline-version.ts'

/** What an image is looked up in and embedded with. */
export interface QueryTools {
  readonly catalog: Catalog
  readonly backbones: Backbones
  readonly index: EmbeddingIndex
  readonly thumbnails: ThumbnailCache
}

/** An image to search by: a photo of the library, a file inside or outside of it, or the bytes of an external image. */
export type ImageReference =
  | { readonly path: FilePath }
  | { readonly id: PhotoId }
  | { readonly name: string; readonly bytes: Buffer<ArrayBuffer> }

/** An image of a query. */
export type QueryImage = ImageReference & {
  /** How much it counts beside the others; without it, 1. */
  readonly weight?: number | undefined
  /** The part that is meant; without it, all of the image. */
  readonly crop?: Crop | undefined
}

export interface EmbeddedImage {
  /** The photo of the library with the same content; undefined for an external image. */
  readonly id: PhotoId | undefined
  readonly embedding: Float32Array
}

/**
 * Returns the embedding of an image. The features of a photo are taken from the catalog, or computed and kept there.
 * @param crop part of the image that is embedded; absent: all of it
 * @param version under which it is embedded
 */
export async function embedImage(
  tools: QueryTools,
  image: ImageReference,
  crop?: Crop,
  version: ModelVersion = tools.index.version,
): Promise<EmbeddedImage> {
  const { catalog } = tools
  const { head } = version
  const known = await knownPhoto(catalog, image)
  if (known !== undefined && !crop)
    return { id: known, embedding: embed(head, await featuresOf(tools, known, version)) }
  const { bytes, contentHash, video } = await readReference(catalog, image)
  if (video) refuseUnseen(video)
  const id = catalog.photos.byHash(contentHash)?.id
  if (id !== undefined && !crop) return { id, embedding: embed(head, await featuresOf(tools, id, version)) }
  const embedder = tools.backbones.embedder(version.backboneId)
  const pixels = await decodeForNetwork(bytes, embedder.inputSize, crop)
  return { id, embedding: embed(head, await embedder.features([pixels])) }
}

/** From so many photos on, another thread embeds them together. */
const MANY = 16
/** So many images are read at the same time: whole files are in memory meanwhile. */
const AT_ONCE = 4

/** Returns the embeddings of the images of a query, in their order: those of many photos from their features, together. */
export async function embedImages(
  tools: QueryTools,
  images: readonly QueryImage[],
  version: ModelVersion,
): Promise<EmbeddedImage[]> {
  const { features } = tools.catalog
  const stored = images.flatMap(image =>
    'id' in image && !image.crop && features.has(version.backboneId, image.id, PIPELINE_VERSION)
      ? [image.id]
      : [],
  )
  const together: ReadonlyMap<PhotoId, Float32Array> =
    stored.length < MANY
      ? new Map<PhotoId, Float32Array>()
      : await embeddingsOf(tools.catalog, stored, version)
  const embedOne = async (image: QueryImage): Promise<EmbeddedImage> => {
    const embedding = 'id' in image && !image.crop ? together.get(image.id) : undefined
    return embedding && 'id' in image
      ? { id: image.id, embedding }
      : embedImage(tools, image, image.crop, version)
  }
  const embedded: EmbeddedImage[] = []
  for (let from = 0; from < images.length; from += AT_ONCE)
    embedded.push(...(await Promise.all(images.slice(from, from + AT_ONCE).map(embedOne))))
  return embedded
}

async function embeddingsOf(
  catalog: Catalog,
  ids: readonly PhotoId[],
  version: ModelVersion,
): Promise<Map<PhotoId, Float32Array>> {
  const vectors = await embedPhotos(catalog, version, ids)
  const { dimension } = version.head
  return new Map(ids.map((id, n) => [id, vectors.subarray(n * dimension, (n + 1) * dimension)]))
}

/** Makes the thumbnail of a photo again, and nothing else. */
export async function remakeThumbnail(
  { catalog, thumbnails, index, backbones }: QueryTools,
  id: PhotoId,
): Promise<Buffer> {
  const { bytes, contentHash } = await readPhotoOf(catalog, id)
  const { thumbnail } = await decodePhoto(bytes, backbones.embedder(index.version.backboneId).inputSize)
  await thumbnails.write(contentHash, thumbnail)
  await thumbnails.sync([contentHash])
  return thumbnail
}

/** Makes anew what the library keeps of a photo (thumbnail, colour, features), and returns the features. */
export async function processPhoto(
  tools: QueryTools,
  id: PhotoId,
  { backboneId }: ModelVersion = tools.index.version,
): Promise<Float32Array> {
  const { catalog, backbones, index, thumbnails } = tools
  const embedder = backbones.embedder(backboneId)
  const { bytes, contentHash, video } = await readPhotoOf(catalog, id)
  if (video) refuseUnseen(video)
  const decoded = await decodePhoto(bytes, embedder.inputSize)
  const photo = video ? withVideo(decoded, video) : decoded
  await thumbnails.write(contentHash, photo.thumbnail)
  await thumbnails.sync([contentHash])
  const features = await embedder.features([photo.network])
  catalog.bulkTransaction(() => {
    catalog.photos.record(contentHash, video?.bytes ?? bytes.length, photo, PIPELINE_VERSION, 0)
    catalog.features.put(backboneId, id, PIPELINE_VERSION, features)
    catalog.settings.bumpGeneration()
  })
  await index.replace([id])
  return features
}

function refuseUnseen({ standIn }: Video): void {
  if (standIn)
    throw new KindredError('video-unseen', 'No frame of this video can be seen, so it cannot be compared.')
}

async function featuresOf(tools: QueryTools, id: PhotoId, version: ModelVersion): Promise<Float32Array> {
  const known = tools.catalog.features.asFloat32(version.backboneId, id, PIPELINE_VERSION)
  return known ?? processPhoto(tools, id, version)
}

async function readReference(catalog: Catalog, image: ImageReference): Promise<PhotoBytes> {
  if ('bytes' in image) return hashPhoto(image.bytes)
  return readImage('path' in image ? image.path : pathOf(catalog, image.id))
}

/**
 * Reads a photo where one of its files still holds it.
 * @throws KindredError `photo-not-found`, or what is wrong with the last of its files
 */
async function readPhotoOf(catalog: Catalog, id: PhotoId): Promise<PhotoBytes> {
  const photo = catalog.photos.byId(id)
  let reason: unknown = new KindredError('photo-not-found', `There is no photo ${id} in this library.`)
  for (const { path } of [...catalog.files.presentOf(id), ...catalog.files.missingOf(id)])
    try {
      const read = await readImage(path)
      if (photo?.contentHash.equals(read.contentHash)) return read
      reason = new KindredError('file-vanished', `${path} has changed since it was imported.`)
    } catch (error) {
      reason = error
    }
  throw reason
}

async function readImage(path: FilePath): Promise<PhotoBytes> {
  const read = await readPhoto(path)
  if (!read) throw new KindredError('not-an-image', `${path} holds no image.`)
  return read
}

function pathOf(catalog: Catalog, id: PhotoId): FilePath {
  const file = catalog.files.presentOf(id)[0] ?? catalog.files.missingOf(id)[0]
  if (!file) throw new KindredError('photo-not-found', `There is no photo ${id} in this library.`)
  return file.path
}

/** The photo that an image is known to be without reading it. */
async function knownPhoto(catalog: Catalog, image: ImageReference): Promise<PhotoId | undefined> {
  if ('id' in image) return image.id
  return 'path' in image ? knownAt(catalog, image.path) : undefined
}

/** The photo in the catalog at a path, unless the file has changed since; a file that cannot be reached has not. */
async function knownAt(catalog: Catalog, path: FilePath): Promise<PhotoId | undefined> {
  const row = catalog.files.byPath(path)
  if (!row?.photoId) return undefined
  const stamp = await stampOf(path)
  const same =
    !stamp ||
    (stamp.size === row.size && stamp.modifiedMs === row.modifiedMs && stamp.changedMs === row.changedMs)
  return same ? row.photoId : undefined
}
