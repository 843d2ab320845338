import { existsSync, readdirSync, statSync } from 'node:fs'
import { KindredError } from '../../../shared/errors.ts'
import { backupsOf } from '../catalog/backups.ts'
import type { LibraryLayout } from '../layout.ts'

/**
 * Refuses to make a new catalog where there was one: an empty library would hide that.
 * @throws KindredError `library-damaged`
 */
export function refuseLost(layout: LibraryLayout): void {
  const catalog = statSync(layout.catalog, { throwIfNoEntry: false })
  if (catalog && catalog.size > 0) return
  const found = remains(layout)
  if (found.length === 0) return
  throw new KindredError(
    'library-damaged',
    `The catalog of this library is ${catalog ? 'empty' : 'gone'}, though other parts of it are still there: ${found.join(', ')}.`,
  )
}

function remains(layout: LibraryLayout): string[] {
  return [
    ...(existsSync(`${layout.catalog}-wal`) ? ['its write-ahead log'] : []),
    ...(backupsOf(layout.backups).length > 0 ? ['its backups'] : []),
    ...(existsSync(layout.journal) ? ['the journal of its labels'] : []),
    ...(existsSync(layout.index) ? ['its index'] : []),
    ...(holdsFiles(layout.thumbnails) ? ['its thumbnails'] : []),
    ...(holdsFiles(layout.damaged) ? ['a damaged one that was put aside'] : []),
  ]
}

function holdsFiles(folder: string): boolean {
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true, withFileTypes: true }).some(entry => entry.isFile())
  )
}
