import { KindredError } from '../../../shared/errors.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { TrainingReport } from '../../../shared/training-report.ts'
import type { TooFewAlbums } from '../../../shared/training-wait.ts'
import type { AlbumLabels, LabelledPhoto } from '../../library/rows.ts'
import { groupDuplicates } from './duplicate-groups.ts'
import { assignFolds, HELD_OUT } from './folds.ts'

/** An album is trainable with this many photos that are no near-duplicates: one to hold out, four to train on. */
export const FEWEST_PHOTOS = 5
export const FEWEST_ALBUMS = 2

/** How many more photos an album of so many needs before it is used for training. */
export const photosNeeded = (photos: number): number => Math.max(0, FEWEST_PHOTOS - photos)

/** What makes two photos positives or negatives. */
export interface Labels {
  /** The albums of each row. A row without any has negative labels only. */
  readonly albumsOf: readonly (readonly number[])[]
  /** The albums with enough photos to be trained on. */
  readonly trainable: ReadonlySet<number>
  /** Of each row, the albums that it is labelled as not belonging to. */
  readonly refusedBy: readonly (readonly number[])[]
  /** Of a row, the rows labelled as not like it. */
  readonly notLike: ReadonlyMap<number, readonly number[]>
}

/** The labels by rows: what a training learns from and is measured with. */
export interface TrainingSet {
  readonly ids: readonly PhotoId[]
  /** Names of the albums, by their numbers here. */
  readonly albumNames: readonly string[]
  readonly labels: Labels
  /** Of each album, the rows labelled as not belonging to it. */
  readonly refused: readonly (readonly number[])[]
  /** Groups of near-duplicates. */
  readonly groups: Int32Array
  readonly folds: Int8Array
  readonly tooSmall: TrainingReport['tooSmall']
}

/**
 * Numbers labelled photos and albums, groups near-duplicates, and assigns folds.
 * @param photos the labelled photos that have features, by id
 * @param featuresOf tells photos of one thing, taken within a minute, from others
 */
export function trainingSet(
  { albums, members, refused, notLike }: AlbumLabels,
  photos: ReadonlyMap<PhotoId, LabelledPhoto>,
  featuresOf: (id: PhotoId) => Float32Array | undefined = () => undefined,
): TrainingSet {
  const numberOf = new Map(
    albums.filter(album => album.usedForTraining).map((album, number) => [album.id, number] as const),
  )
  const known = (id: PhotoId): boolean => photos.has(id)
  const inAlbums = [...members, ...refused].filter(
    ({ albumId, photoId }) => numberOf.has(albumId) && known(photoId),
  )
  const pairs = notLike.filter(({ anchor, negative }) => known(anchor) && known(negative))
  const ids = [
    ...new Set([
      ...inAlbums.map(({ photoId }) => photoId),
      ...pairs.flatMap(({ anchor, negative }) => [anchor, negative]),
    ]),
  ].sort((a, b) => a - b)
  const rowOf = new Map(ids.map((id, row) => [id, row]))
  const rows = ids.map(id => photos.get(id)!)

  const albumsOf = ids.map((): number[] => [])
  const refusedBy = ids.map((): number[] => [])
  const enter = (entries: AlbumLabels['members'], lists: number[][]): void => {
    for (const { albumId, photoId } of entries) {
      const [number, row] = [numberOf.get(albumId), rowOf.get(photoId)]
      if (number !== undefined && row !== undefined) lists[row]!.push(number)
    }
  }
  enter(members, albumsOf)
  enter(refused, refusedBy)
  const unlike = new Map<number, number[]>()
  for (const { anchor, negative } of pairs) {
    const row = rowOf.get(anchor)!
    unlike.set(row, [...(unlike.get(row) ?? []), rowOf.get(negative)!])
  }

  const groups = groupDuplicates(rows, position => featuresOf(ids[position]!))
  const names = albums.filter(album => album.usedForTraining).map(album => album.name)
  const independent = names.map(() => new Set<number>())
  const sizes = names.map(() => 0)
  for (const [row, numbers] of albumsOf.entries())
    for (const number of numbers) {
      independent[number]!.add(groups[row]!)
      sizes[number]!++
    }
  const trainable = new Set([...names.keys()].filter(number => independent[number]!.size >= FEWEST_PHOTOS))
  const tooSmall = names.flatMap((album, number) =>
    trainable.has(number)
      ? []
      : [{ album, photos: sizes[number]!, needs: photosNeeded(independent[number]!.size) }],
  )
  return {
    ids,
    albumNames: names,
    labels: { albumsOf, trainable, refusedBy, notLike: unlike },
    refused: names.map((_, number) => [...ids.keys()].filter(row => refusedBy[row]!.includes(number))),
    groups,
    folds: assignFolds({
      albumsOf,
      groups,
      before: Int8Array.from(rows, row => row.fold),
      order: rows.map(row => row.contentHash.toString('hex')),
    }),
    tooSmall,
  }
}

/** Whether a row belongs to an album with enough photos to learn from. */
export const isTrainable = ({ labels }: TrainingSet, row: number): boolean =>
  labels.albumsOf[row]!.some(album => labels.trainable.has(album))

/** Returns the photos in albums: those that a version is trained on, and those that are held out from it. */
export function splitLabelled({ ids, labels, folds }: TrainingSet): {
  readonly learned: readonly PhotoId[]
  readonly heldOut: readonly PhotoId[]
} {
  const inAlbums = [...ids.keys()].filter(row => labels.albumsOf[row]!.length > 0)
  const photos = (rows: readonly number[]): PhotoId[] => rows.map(row => ids[row]!)
  return {
    learned: photos(inAlbums.filter(row => folds[row] !== HELD_OUT)),
    heldOut: photos(inAlbums.filter(row => folds[row] === HELD_OUT)),
  }
}

/** Returns what is lacking where too few albums are trainable. */
export function tooFewAlbums({ labels, tooSmall }: TrainingSet): TooFewAlbums | null {
  if (labels.trainable.size >= FEWEST_ALBUMS) return null
  return {
    code: 'too-few-albums',
    fewestAlbums: FEWEST_ALBUMS,
    fewestPhotos: FEWEST_PHOTOS,
    trainable: labels.trainable.size,
    lacking: tooSmall.slice(0, 3).map(({ album, needs }) => ({ album, needs })),
  }
}

/** @throws KindredError `no-albums` where too few albums are trainable */
export function requireEnough(set: TrainingSet): void {
  const lack = tooFewAlbums(set)
  if (!lack) return
  const lacking = lack.lacking.map(({ album, needs }) => `“${album}” needs ${needs} more`)
  throw new KindredError(
    'no-albums',
    `Learning needs ${lack.fewestAlbums} albums of at least ${lack.fewestPhotos} different photos; there ${lack.trainable === 1 ? 'is one' : 'are none'}.` +
      (lacking.length > 0 ? ` ${lacking.join(', ')}.` : ''),
    { details: { reason: 'no-albums.lacking', albums: lack.fewestAlbums, photos: lack.fewestPhotos } },
  )
}
