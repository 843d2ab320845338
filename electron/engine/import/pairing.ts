/** @file Keeps the catalog's pairs right when files come, go and change. */
import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import type { PairRow, Part } from '../library/catalog/parts.ts'
import { pairKey } from '../library/pair-key.ts'
import type { FilePath } from '../library/paths.ts'
import type { EmbeddingIndex } from '../retrieval/index/embedding-index.ts'
import { pairFiles } from './pairing-rule.ts'

type Carried = readonly { readonly before: PhotoId; readonly after: PhotoId }[]

/**
 * Pairs anew what lies beside these paths. A photo that becomes a part gives its labels to what shows it; a part whose
 * photo is gone from beside it gets the labels of that one. Only within the transaction that records the files.
 * @param isNew whether a photo was unknown before this import: then nobody has said anything of it yet
 * @returns the photos that became parts, or are parts no more, and those that they belong to
 */
export function settlePairs(
  catalog: Catalog,
  paths: Iterable<FilePath>,
  isNew: (photo: PhotoId) => boolean = () => false,
): Set<PhotoId> {
  const changed = new Set<PhotoId>()
  const carried: { before: PhotoId; after: PhotoId }[] = []
  for (const key of new Set(Array.from(paths, pairKey)))
    carried.push(...settleKey(catalog, catalog.parts.withKey(key), changed))
  const isSpokenOf = (photo: PhotoId): boolean => !isNew(photo) || catalog.albums.isSpokenOf(photo)
  catalog.albumCommands.carryOver(carried.filter(({ before }) => isSpokenOf(before)))
  return changed
}

/** All paths of photos: what one of these belongs to may depend on its files elsewhere. */
export const otherPaths = ({ parts }: Catalog, photos: readonly PhotoId[]): FilePath[] =>
  [...new Set(photos)].flatMap(photo => parts.pathsOf(photo))

/** The same for all that lies beside a photo, whose date or format is known better now; the index follows. */
export async function settlePairsOf(catalog: Catalog, index: EmbeddingIndex, photo: PhotoId): Promise<void> {
  const changed = catalog.bulkTransaction(() => {
    const pairs = settlePairs(catalog, catalog.parts.pathsOf(photo))
    if (pairs.size > 0) catalog.settings.bumpGeneration()
    return [...pairs]
  })
  await followPairs(catalog, index, changed)
}

/** Takes parts out of the index, and what is none any more into it. */
export async function followPairs(
  catalog: Catalog,
  index: EmbeddingIndex,
  changed: readonly PhotoId[],
): Promise<void> {
  if (changed.length === 0) return
  const isShown = (photo: PhotoId): boolean => catalog.files.isShown(photo)
  await Promise.all([
    index.remove(changed.filter(photo => index.has(photo) && !isShown(photo))),
    index.add(changed.filter(isShown)),
  ])
}

function settleKey(catalog: Catalog, rows: readonly PairRow[], changed: Set<PhotoId>): Carried {
  if (rows.length < 2 && rows.every(({ part }) => part === null)) return []
  const parts = pairFiles(rows.filter(({ isPresent }) => isPresent))
  const isBeside = (photo: PhotoId): boolean => rows.some(row => row.isPresent && row.photo === photo)
  const carried: { before: PhotoId; after: PhotoId }[] = []
  for (const row of rows) {
    const part = parts.get(row) ?? null
    if (!isSame(part, row.part)) {
      catalog.parts.set(row.file, part)
      for (const photo of [row.photo, row.part?.of, part?.of]) if (photo !== undefined) changed.add(photo)
    }
    if (row.part && !part && row.isPresent && !isBeside(row.part.of))
      carried.push({ before: row.part.of, after: row.photo })
  }
  // When all of them are settled: whether a photo is hidden depends on each of its files.
  for (const row of parts.keys())
    if (!catalog.files.isShown(row.photo)) carried.push({ before: row.photo, after: parts.get(row)!.of })
  return carried
}

const isSame = (a: Part | null, b: Part | null): boolean => a?.of === b?.of && a?.role === b?.role
