import type { AlbumChange } from '../../electron/shared/album-change.ts'

/** One change of each kind, with the English words that the command line and the window say alike. */
export const changeSentences: readonly [string, AlbumChange][] = [
  ['New album “Roses”', { kind: 'create', album: 'Roses' }],
  ['Rename “Roses” to “Tulips”', { kind: 'rename', album: 'Roses', to: 'Tulips' }],
  ['Delete “Roses”', { kind: 'delete', album: 'Roses' }],
  ['Reorder albums', { kind: 'reorder' }],
  ['Learn from “Roses”', { kind: 'learn', album: 'Roses' }],
  ['Don’t learn from “Roses”', { kind: 'dont-learn', album: 'Roses' }],
  ['Add 1 photo to “Roses”', { kind: 'add', photos: 1, album: 'Roses' }],
  ['Add 3 photos to “Roses”', { kind: 'add', photos: 3, album: 'Roses' }],
  ['Remove 1 photo from “Roses”', { kind: 'remove', photos: 1, album: 'Roses' }],
  ['Refuse 2 photos for “Roses”', { kind: 'refuse', photos: 2, album: 'Roses' }],
  ['None of these', { kind: 'none-of' }],
  ['Not like this', { kind: 'not-like' }],
  ['Make albums of “garden”', { kind: 'import', folder: 'garden' }],
  ['In the words of an early release', { kind: 'worded', words: 'In the words of an early release' }],
]
