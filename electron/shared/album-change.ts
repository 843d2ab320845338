/** What a change to albums did, in a kind and values: each host makes its own sentence of it. */
export type AlbumChange =
  | { readonly kind: 'create' | 'delete' | 'learn' | 'dont-learn'; readonly album: string }
  | { readonly kind: 'rename'; readonly album: string; readonly to: string }
  | { readonly kind: 'add' | 'remove' | 'refuse'; readonly photos: number; readonly album: string }
  /** Albums of the folders inside a folder. */
  | { readonly kind: 'import'; readonly folder: string }
  | { readonly kind: 'reorder' | 'none-of' | 'not-like' }
  /** A change that an early release has recorded, in its words. */
  | { readonly kind: 'worded'; readonly words: string }
