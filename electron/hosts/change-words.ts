import type { AlbumChange } from '../shared/album-change.ts'

const countOf = (photos: number): string => (photos === 1 ? '1 photo' : `${photos} photos`)

/** What a change to albums did, for the command line. */
export function changeWords(change: AlbumChange): string {
  switch (change.kind) {
    case 'create':
      return `New album “${change.album}”`
    case 'rename':
      return `Rename “${change.album}” to “${change.to}”`
    case 'delete':
      return `Delete “${change.album}”`
    case 'reorder':
      return 'Reorder albums'
    case 'learn':
      return `Learn from “${change.album}”`
    case 'dont-learn':
      return `Don’t learn from “${change.album}”`
    case 'add':
      return `Add ${countOf(change.photos)} to “${change.album}”`
    case 'remove':
      return `Remove ${countOf(change.photos)} from “${change.album}”`
    case 'refuse':
      return `Refuse ${countOf(change.photos)} for “${change.album}”`
    case 'none-of':
      return 'None of these'
    case 'not-like':
      return 'Not like this'
    case 'import':
      return `Make albums of “${change.folder}”`
    case 'worded':
      return change.words
  }
}
