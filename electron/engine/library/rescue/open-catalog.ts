import type { Logger } from '../../runtime/log.ts'
import { Catalog } from '../catalog/catalog.ts'
import { Journal } from '../journal/journal.ts'
import type { LibraryLayout } from '../layout.ts'
import { refuseLost } from './evidence.ts'
import { rescueCatalog } from './rescue.ts'

export interface OpenedCatalog {
  readonly catalog: Catalog
  readonly journal: Journal
  /** What was brought back and from when, in words; undefined where nothing was damaged. */
  readonly repaired: string | undefined
}

/**
 * Opens the catalog of a library and the journal of its labels.
 * @param rescue whether a damaged catalog is rescued instead of being refused
 * @throws KindredError `library-damaged`, `library-newer`, `library-unwritable`, `library-in-use`
 */
export function openCatalog(
  layout: LibraryLayout,
  { rescue, log, now }: { readonly rescue: boolean; readonly log: Logger; readonly now: () => number },
): OpenedCatalog {
  if (!rescue) refuseLost(layout)
  const { catalog, repaired } = rescue
    ? rescueCatalog(layout, now)
    : { catalog: new Catalog(layout.catalog, layout.backups, now), repaired: undefined }
  return { catalog, journal: Journal.open(layout.journal, catalog, log, now), repaired }
}
