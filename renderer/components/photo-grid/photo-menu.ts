import BookPlus from '@lucide/svelte/icons/book-plus'
import Images from '@lucide/svelte/icons/images'
import Info from '@lucide/svelte/icons/info'
import Maximize from '@lucide/svelte/icons/maximize'
import { t } from '../../locales/i18n.ts'
import { addToAlbum } from '../../state/add-to-album.svelte.ts'
import type { MenuItem } from '../../state/context-menu.svelte.ts'
import { inspector } from '../../state/inspector.svelte.ts'
import { selection } from '../../state/selection.svelte.ts'

interface PhotoMenuOptions {
  readonly id: number
  readonly findSimilar: () => void
  /** Opens the large view. */
  readonly open: () => void
  /** What only one view offers: `refine` changes a search, `album` the album that is shown. */
  readonly refine?: readonly MenuItem[]
  readonly album?: readonly MenuItem[]
}

/** Returns the menu of a photo in a grid. */
export const photoMenu = ({
  id,
  findSimilar,
  open,
  refine = [],
  album = [],
}: PhotoMenuOptions): readonly MenuItem[] => [
  { label: t('photo.findSimilar'), icon: Images, keys: 'S', run: findSimilar },
  ...refine,
  {
    label: t('albums.addTo'),
    icon: BookPlus,
    keys: 'A',
    run: () => addToAlbum.begin(selection.including(id)),
  },
  ...album,
  'separator',
  { label: t('photo.open'), icon: Maximize, keys: 'Space', run: open },
  { label: t('photo.details'), icon: Info, keys: 'I', run: () => (inspector.open = true) },
]
