import type { ImportBatch, PhotoList } from '../../electron/shared/contract.ts'
import { formatImport, formatList, t } from '../locales/i18n.ts'
import { folderName } from './folder-tree.ts'
import type { Headings } from './grid-items.ts'
import { pick, type Arranged } from './order.ts'

/** More folders than these are counted, not named. */
const MOST_NAMED = 3

export interface GroupedPhotos {
  readonly items: Arranged
  readonly headings: Headings
}

/** Returns the photos of imports under a heading for each, within an import as the list has them. */
export function groupedByImport(photos: PhotoList, imports: readonly ImportBatch[]): GroupedPhotos {
  const rowOf = new Map(photos.ids.map((id, row) => [id, row]))
  const batches = imports
    .map(batch => ({ ...batch, rows: batch.ids.flatMap(id => rowOf.get(id) ?? []).sort((a, b) => a - b) }))
    .filter(({ rows }) => rows.length > 0)
  let start = 0
  const starts = batches.map(({ rows }) => (start += rows.length) - rows.length)
  const groups = batches.map(({ at, rows, folders }) => ({
    text: formatImport(at),
    about: aboutImport(rows.length, folders),
    year: new Date(at).getFullYear(),
  }))
  return {
    items: pick(
      photos,
      batches.flatMap(({ rows }) => rows),
    ),
    headings: { starts, groups },
  }
}

function aboutImport(photos: number, folders: readonly string[]): string {
  const count = t('photos', { count: photos })
  if (folders.length === 0) return count
  const names = folders.map(folderName)
  const [named, others] = [names.slice(0, MOST_NAMED), names.length - MOST_NAMED]
  const all = others > 0 ? [...named, t('recent.others', { count: others })] : named
  return t('recent.about', { photos: count, folders: formatList(all) })
}
