import { MOST_EXAMPLES } from '../../electron/shared/query-limits.ts'
import { t } from '../locales/i18n.ts'
import { navigation, type QuerySpec } from './navigation.svelte.ts'
import { selection } from './selection.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** Searches, or says that a query cannot have as many examples. */
export function search(query: QuerySpec): void {
  const count = Math.max(query.examples.length, query.not.length)
  if (count <= MOST_EXAMPLES) navigation.search(query)
  else
    toasts.show({
      kind: 'info',
      text: t('results.tooMany', { count, most: MOST_EXAMPLES }),
      detail: t('results.tooManyNext', { most: MOST_EXAMPLES }),
    })
}

/** Finds photos similar to all of these. */
export const findSimilarTo = (photos: Iterable<number>): void =>
  search({ examples: Array.from(photos, photo => ({ photo })), not: [] })

/** Finds photos similar to a photo of a grid: to all selected ones if it is one of them, else to it alone. */
export const findSimilarFrom = (id: number): void => findSimilarTo(selection.including(id))
