import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { KindredError } from '../../../shared/errors.ts'
import type { LibraryLayout } from '../layout.ts'
import { Catalog } from './catalog.ts'
import { backupsOf } from './database.ts'

/**
 * Opens a catalog that may be damaged. A damaged one is put aside, never deleted, and replaced by the newest backup
 * that is whole, or by an empty catalog where there is none.
 * @returns the catalog, and what was repaired, in words
 */
export function rescueCatalog(
  layout: LibraryLayout,
  now: () => number,
): { catalog: Catalog; repaired: string | undefined } {
  try {
    const catalog = new Catalog(layout.catalog, layout.backups, now)
    if (isWhole(catalog)) return { catalog, repaired: undefined }
    catalog.close()
  } catch (error) {
    if (!(error instanceof KindredError) || error.code !== 'library-damaged') throw error
  }
  const aside = `${layout.catalog}.damaged-${now()}`
  if (existsSync(layout.catalog)) renameSync(layout.catalog, aside)
  for (const part of ['-wal', '-shm']) rmSync(layout.catalog + part, { force: true })
  for (const name of backupsOf(layout.backups)) {
    copyFileSync(join(layout.backups, name), layout.catalog)
    try {
      const catalog = new Catalog(layout.catalog, layout.backups, now)
      if (isWhole(catalog))
        return {
          catalog,
          repaired: `The catalog was damaged and was restored from ${name}; the damaged one is ${aside}.`,
        }
      catalog.close()
    } catch {
      // This backup is no better; the next may be.
    }
    // Put aside as well, so that it no longer counts as a backup.
    renameSync(join(layout.backups, name), join(layout.backups, `${name}.damaged`))
    rmSync(layout.catalog, { force: true })
  }
  const catalog = new Catalog(layout.catalog, layout.backups, now)
  return {
    catalog,
    repaired: `The catalog was damaged and there was no backup; index your folders again. The damaged one is ${aside}.`,
  }
}

function isWhole(catalog: Catalog): boolean {
  try {
    return catalog.db.pragma('quick_check', { simple: true }) === 'ok'
  } catch {
    return false
  }
}
