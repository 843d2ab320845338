import { join } from 'node:path'

/** Where the parts of a library are. Only the catalog and the journal of labels cannot be made again. */
export interface LibraryLayout {
  readonly folder: string
  readonly catalog: string
  readonly backups: string
  /** What people said of their photos, as text (journal/journal.ts). */
  readonly journal: string
  /** Damaged catalogs that were put aside. */
  readonly damaged: string
  readonly index: string
  readonly thumbnails: string
  /** Films of motion photos that are being played. */
  readonly films: string
  /** Networks that were trained or imported here. */
  readonly models: string
  /** Sample photos that were added. */
  readonly samples: string
}

export function layoutOf(folder: string): LibraryLayout {
  return {
    folder,
    catalog: join(folder, 'catalog.db'),
    backups: join(folder, 'backups'),
    journal: join(folder, 'labels.journal'),
    damaged: join(folder, 'damaged'),
    index: join(folder, 'index.kindred'),
    thumbnails: join(folder, 'thumbnails'),
    films: join(folder, 'motion-films'),
    models: join(folder, 'models'),
    samples: join(folder, 'samples'),
  }
}
