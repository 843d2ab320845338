import { preferences } from '../../state/preferences.svelte.ts'
import { type Shortcut } from '../../state/shortcuts.svelte.ts'
import { viewer } from '../../state/viewer.svelte.ts'
import { add, findSimilar, refine, takeOut } from './actions.ts'
import type { CropBox } from './crop-box.svelte.ts'
import type { Zoom } from './zoom.svelte.ts'

const notOnButton = (): boolean => !document.activeElement?.closest('button, a')

/** The keys of the large view, for the registry of shortcuts. */
export function largeViewKeys(zoom: Zoom, crop: CropBox): Shortcut[] {
  const keys: Omit<Shortcut, 'where'>[] = [
    { keys: 'ArrowRight', label: 'viewer.next', group: 'largeView', run: () => viewer.step(1) },
    { keys: 'ArrowLeft', label: 'viewer.previous', group: 'largeView', run: () => viewer.step(-1) },
    { keys: 'Home', label: 'viewer.first', group: 'largeView', run: () => viewer.toFirst() },
    { keys: 'End', label: 'viewer.last', group: 'largeView', run: () => viewer.toLast() },
    { keys: ['+', '='], label: 'viewer.zoomIn', group: 'largeView', run: () => zoom.closer() },
    { keys: '-', label: 'viewer.zoomOut', group: 'largeView', run: () => zoom.further() },
    { keys: '0', label: 'viewer.fit', group: 'largeView', run: () => zoom.fit() },
    { keys: 'Z', label: 'viewer.actualSize', group: 'largeView', run: () => zoom.toggle() },
    { keys: 'C', label: 'viewer.crop', group: 'largeView', run: () => crop.toggle() },
    {
      keys: 'T',
      label: 'viewer.switchStrip',
      group: 'largeView',
      run: () => (preferences.viewerStrip = preferences.viewerStrip === 'film' ? 'similar' : 'film'),
    },
    { keys: 'S', label: 'keys.findSimilar', group: 'photos', run: findSimilar },
    { keys: 'A', label: 'keys.addToAlbum', group: 'photos', run: add },
    {
      keys: 'M',
      label: 'keys.more',
      group: 'photos',
      when: () => viewer.actions.refine !== undefined,
      run: () => refine('examples'),
    },
    {
      keys: 'N',
      label: 'keys.less',
      group: 'photos',
      when: () => viewer.actions.refine !== undefined,
      run: () => refine('not'),
    },
    {
      keys: ['Delete', 'Backspace'],
      label: 'keys.takeOut',
      group: 'photos',
      when: () => viewer.actions.takeOut !== undefined,
      run: takeOut,
    },
    { keys: 'Alt+ArrowLeft', label: 'keys.back', group: 'navigation', run: () => viewer.back() },
    {
      keys: 'Space',
      label: 'keys.open',
      group: 'photos',
      when: notOnButton,
      run: () => viewer.close(),
    },
    {
      keys: 'Escape',
      label: 'keys.close',
      group: 'view',
      run: () => (crop.active ? crop.end() : viewer.close()),
    },
  ]
  return keys.map(shortcut => ({ ...shortcut, where: 'large-view' }))
}
