import { KindredError } from '../../../shared/errors.ts'
import type { AlbumId, PhotoId } from '../../../shared/ids.ts'
import type { TrainingReport } from '../../../shared/results.ts'
import { groupDuplicates, type PhotoTraits } from './duplicate-groups.ts'
import { assignFolds } from './folds.ts'
import type { BatchSource, Labels } from '../training/triplets.ts'

/** Everything that a person has said of photos, in a fixed order. */
export interface AlbumLabels {
  readonly albums: readonly { readonly id: AlbumId; readonly name: string; readonly teaches: boolean }[]
  readonly members: readonly { readonly albumId: AlbumId; readonly photoId: PhotoId }[]
  readonly refused: readonly { readonly albumId: AlbumId; readonly photoId: PhotoId }[]
  readonly notLike: readonly { readonly anchor: PhotoId; readonly negative: PhotoId }[]
}

/** A photo that can be learned from: it has features. */
export interface LabelledPhoto extends PhotoTraits {
  readonly id: PhotoId
  readonly contentHash: Buffer
  /** −1 where none was decided yet. */
  readonly fold: number
}

/** An album needs so many photos that are no copies of one another before it can teach: one to ask with, four to learn from. */
export const FEWEST_PHOTOS = 5
export const FEWEST_ALBUMS = 2

/** The labels by rows: what a training learns from and is measured on. */
export interface TrainingSet {
  readonly ids: readonly PhotoId[]
  /** Names of the albums, by their numbers here. */
  readonly albumNames: readonly string[]
  readonly labels: Labels
  readonly refused: readonly (readonly number[])[]
  readonly groups: Int32Array
  readonly folds: Int8Array
  readonly tooSmall: TrainingReport['tooSmall']
}

/**
 * Brings labels into rows, groups near-duplicates, and divides all into folds.
 * @param photos those of the labels that have features, by id
 */
export function trainingSet(
  { albums, members, refused, notLike }: AlbumLabels,
  photos: ReadonlyMap<PhotoId, LabelledPhoto>,
): TrainingSet {
  const numberOf = new Map(
    albums.filter(album => album.teaches).map((album, number) => [album.id, number] as const),
  )
  const known = (id: PhotoId): boolean => photos.has(id)
  const said = [...members, ...refused].filter(
    ({ albumId, photoId }) => numberOf.has(albumId) && known(photoId),
  )
  const pairs = notLike.filter(({ anchor, negative }) => known(anchor) && known(negative))
  const ids = [
    ...new Set([
      ...said.map(({ photoId }) => photoId),
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

  const groups = groupDuplicates(rows)
  const names = albums.filter(album => album.teaches).map(album => album.name)
  const independent = names.map(() => new Set<number>())
  const sizes = names.map(() => 0)
  for (const [row, numbers] of albumsOf.entries())
    for (const number of numbers) {
      independent[number]!.add(groups[row]!)
      sizes[number]!++
    }
  const teaching = new Set([...names.keys()].filter(number => independent[number]!.size >= FEWEST_PHOTOS))
  const tooSmall = names.flatMap((album, number) =>
    teaching.has(number)
      ? []
      : [{ album, photos: sizes[number]!, needs: FEWEST_PHOTOS - independent[number]!.size }],
  )
  return {
    ids,
    albumNames: names,
    labels: { albumsOf, teaching, refusedBy, notLike: unlike },
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

/** @throws KindredError `no-albums` when there is too little to learn from */
export function requireEnough({ labels, tooSmall }: TrainingSet): void {
  if (labels.teaching.size >= FEWEST_ALBUMS) return
  const lacking = tooSmall.map(({ album, needs }) => `“${album}” needs ${needs} more`).slice(0, 3)
  throw new KindredError(
    'no-albums',
    `Learning needs ${FEWEST_ALBUMS} albums of at least ${FEWEST_PHOTOS} different photos; there ${labels.teaching.size === 1 ? 'is one' : 'are none'}.` +
      (lacking.length > 0 ? ` ${lacking.join(', ')}.` : ''),
  )
}

/** What may be learned from when one fold is left out. */
export function sourceWithout(fold: number, set: TrainingSet): BatchSource {
  const { albumsOf, teaching, notLike } = set.labels
  const learned = (row: number): boolean => set.folds[row] !== fold
  const members = set.albumNames.map((): number[] => [])
  for (const [row, numbers] of albumsOf.entries())
    if (learned(row)) for (const number of numbers) members[number]!.push(row)
  return {
    members: members.filter((_, number) => teaching.has(number)),
    negatives: members.filter((_, number) => !teaching.has(number)).flat(),
    refused: set.refused.map(rows => rows.filter(learned)).filter((_, number) => teaching.has(number)),
    notLike: new Map(
      [...notLike]
        .filter(([anchor]) => learned(anchor))
        .map(([anchor, rows]) => [anchor, rows.filter(learned)]),
    ),
  }
}
