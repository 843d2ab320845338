import { t } from '../../locales/i18n.ts'
import type { MenuItem } from '../../state/context-menu.svelte.ts'
import { findSimilarFrom } from '../../state/find-similar.ts'
import { viewer } from '../../state/viewer.svelte.ts'
import { photoMenu } from './photo-menu.ts'

/**
 * What the photos of a grid offer in a view that adds nothing of its own.
 * @param ids the photos of the grid as they are now
 */
export function browsingActions(ids: () => readonly number[]) {
  const open = (index: number): void => viewer.open(ids()[index]!, ids())
  const findSimilar = (index: number): void => findSimilarFrom(ids()[index]!)
  return {
    open,
    findSimilar,
    label: (index: number): string => t('photo.place', { number: index + 1, total: ids().length }),
    menu: (index: number): readonly MenuItem[] =>
      photoMenu({
        id: ids()[index]!,
        findSimilar: () => findSimilar(index),
        open: () => open(index),
      }),
  }
}
