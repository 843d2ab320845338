import { formatDay, t } from '../../locales/i18n.ts'
import { albums } from '../../state/albums.svelte.ts'
import { folderName } from '../../state/folder-tree.ts'
import { toggled, type Filter, type FilterList } from '../../state/filter.ts'

const DAY = 24 * 3600 * 1000

/** A condition of a filter in words, and the filter without it. */
export interface Condition {
  readonly text: string
  /** What the text leaves out, such as the whole path of a folder. */
  readonly title?: string
  readonly without: Filter
}

export function conditionsOf(filter: Filter): Condition[] {
  const each = <K extends FilterList>(
    list: K,
    words: (value: Filter[K][number]) => Omit<Condition, 'without'>,
  ): Condition[] =>
    (filter[list] as readonly Filter[K][number][]).map(value => ({
      ...words(value),
      without: toggled(filter, list, value),
    }))
  const plain = (text: string): Omit<Condition, 'without'> => ({ text })
  const { noAlbum, takenFrom, takenBefore } = filter
  return [
    ...each('albums', id => plain(t('filters.inAlbum', { name: albums.nameOf(id) }))),
    ...each('notAlbums', id => plain(t('filters.notInAlbum', { name: albums.nameOf(id) }))),
    ...(noAlbum ? [{ text: t('filters.noAlbum'), without: { ...filter, noAlbum: false } }] : []),
    ...each('folders', path => ({ text: t('filters.inFolder', { name: folderName(path) }), title: path })),
    ...(takenFrom === undefined
      ? []
      : [
          {
            text: t('filters.from', { day: formatDay(takenFrom) }),
            without: { ...filter, takenFrom: undefined },
          },
        ]),
    ...(takenBefore === undefined
      ? []
      : [
          {
            text: t('filters.until', { day: formatDay(takenBefore - DAY) }),
            without: { ...filter, takenBefore: undefined },
          },
        ]),
    ...each('cameras', plain),
    ...each('formats', format => plain(format.toUpperCase())),
    ...each('shapes', shape => plain(t(`filters.shape.${shape}`))),
    ...each('kinds', kind => plain(t(`filters.kind.${kind}`))),
  ]
}

/** Returns the value of a date field for the start of a day, or of the day before the end. */
export const dayField = (time: number | undefined, end = false): string =>
  time === undefined ? '' : new Date(time - (end ? DAY : 0)).toISOString().slice(0, 10)

/** The time that a date field stands for: the start of its day, or its end. */
export function timeOf(field: string, end = false): number | undefined {
  const time = Date.parse(`${field}T00:00:00Z`)
  return Number.isNaN(time) ? undefined : time + (end ? DAY : 0)
}
