/** @file What can be done with the photo that the large view shows: by key, by button and in its menu. */
import BookPlus from '@lucide/svelte/icons/book-plus'
import CropIcon from '@lucide/svelte/icons/crop'
import FolderMinus from '@lucide/svelte/icons/folder-minus'
import Images from '@lucide/svelte/icons/images'
import Info from '@lucide/svelte/icons/info'
import ThumbsDown from '@lucide/svelte/icons/thumbs-down'
import ThumbsUp from '@lucide/svelte/icons/thumbs-up'
import { t } from '../../locales/i18n.ts'
import { addToAlbum } from '../../state/add-to-album.svelte.ts'
import type { MenuItem } from '../../state/context-menu.svelte.ts'
import { inspector } from '../../state/inspector.svelte.ts'
import { navigation } from '../../state/navigation.svelte.ts'
import { viewer } from '../../state/viewer.svelte.ts'
import type { CropBox } from './crop-box.svelte.ts'

export function findSimilar(): void {
  const { photo } = viewer
  viewer.close()
  if (photo !== undefined) navigation.findSimilar(photo)
}

/** Searches by the part of the photo that the box holds. */
export function findPart({ area }: CropBox): void {
  const { photo, actions } = viewer
  viewer.close()
  if (actions.part) actions.part.take(area)
  else if (photo !== undefined) navigation.search({ examples: [{ photo, crop: area }], not: [] })
}

export function add(): void {
  if (viewer.photo !== undefined) addToAlbum.begin([viewer.photo])
}

/** Searches again with the photo as an example or a counterexample; only where it was opened from results. */
export function refine(side: 'examples' | 'not'): void {
  const { photo, actions } = viewer
  viewer.close()
  if (photo !== undefined) actions.refine?.(side, photo)
}

/** Takes the photo out of the album that it was opened from, and shows the next one. */
export function takeOut(): void {
  const { photo, actions } = viewer
  if (photo === undefined || !actions.takeOut) return
  actions.takeOut(photo)
  viewer.drop()
}

/** The menu of the photo. */
export function menu(crop: CropBox): readonly MenuItem[] {
  const { actions } = viewer
  return [
    { label: t('photo.findSimilar'), icon: Images, keys: 'S', run: findSimilar },
    { label: t('viewer.crop'), icon: CropIcon, keys: 'C', run: () => crop.begin() },
    ...(actions.refine
      ? [
          { label: t('results.more'), icon: ThumbsUp, keys: 'M', run: () => refine('examples') },
          { label: t('results.less'), icon: ThumbsDown, keys: 'N', run: () => refine('not') },
        ]
      : []),
    { label: t('albums.addTo'), icon: BookPlus, keys: 'A', run: add },
    ...(actions.takeOut
      ? [{ label: t('albums.takeOut'), icon: FolderMinus, keys: 'Delete', run: takeOut }]
      : []),
    'separator',
    {
      label: t('photo.details'),
      icon: Info,
      keys: 'I',
      run: () => inspector.toggle(),
    },
  ]
}
