/**
 * @file Rescue, the main part of this folder: makes a whole catalog of what is left of a damaged one. The damaged one is put
 * aside, never deleted; then, in this order: its indexes are made anew where that is all it takes; what can be read of it is
 * read, table by table; the newest whole backup fills what could not be read; the journal gives the labels.
 */
import Database from 'better-sqlite3'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { KindredError } from '../../../shared/errors.ts'
import { renameFileSync, syncFileSync, syncFolderOfSync } from '../../runtime/replace-file.ts'
import { backupsOf, type Backup } from '../catalog/backups.ts'
import { Catalog } from '../catalog/catalog.ts'
import { recordVersion, schemaVersion } from '../catalog/database.ts'
import { readLines } from '../journal/journal-file.ts'
import { restoreLabels, type Replayed } from '../journal/replay.ts'
import { stateAfter } from '../journal/said-state.ts'
import type { LibraryLayout } from '../layout.ts'
import { refuseLost } from './evidence.ts'
import { mendHeader } from './header.ts'
import { PutAside, removeCatalog } from './put-aside.ts'
import { describeRescue } from './report.ts'
import { endAtFullDisk, fillGaps, salvage, type Salvaged } from './salvage.ts'

/** Where the rows of a rescued catalog came from. */
export interface Rescue {
  /** Why it was needed. */
  readonly reason: string
  readonly aside: string
  /** Whether making the indexes anew was enough. */
  readonly reindexed: boolean
  /** What was read of the damaged catalog. */
  readonly salvaged: Salvaged
  /** The backup that was used, and how many rows of each table are from it. */
  readonly backup: { readonly from: Backup; readonly rows: ReadonlyMap<string, number> } | undefined
  readonly journal: (Replayed & { readonly until: string; readonly isWhole: boolean }) | undefined
}

/**
 * Opens a catalog that may be damaged, and rescues it if it is.
 * @returns the catalog, and what was brought back and from when, in words
 * @throws KindredError `library-newer`, `library-unwritable`: then nothing was touched; `disk-full`: it begins anew next time
 */
export function rescueCatalog(
  layout: LibraryLayout,
  now: () => number,
): { catalog: Catalog; repaired: string | undefined } {
  const reason = damageOf(layout, now)
  if (reason === undefined) {
    PutAside.endAll(layout)
    return { catalog: new Catalog(layout.catalog, layout.backups, now), repaired: undefined }
  }
  const aside = PutAside.of(layout)
  const rescue = rebuild(layout, aside, reason, now)
  // What it holds can differ from the catalog without a difference in number.
  rmSync(layout.index, { force: true, recursive: true })
  renameFileSync(aside.scratch('rescued.db'), layout.catalog)
  syncFolderOfSync(layout.catalog)
  const catalog = new Catalog(layout.catalog, layout.backups, now)
  aside.end()
  return { catalog, repaired: describeRescue(rescue, catalog) }
}

/** Why the catalog needs a rescue; undefined where it is whole. */
function damageOf(layout: LibraryLayout, now: () => number): string | undefined {
  try {
    refuseLost(layout)
    const catalog = new Catalog(layout.catalog, layout.backups, now)
    try {
      const [first] = catalog.db.pragma('integrity_check(1)') as { integrity_check: string }[]
      return first?.integrity_check === 'ok' ? undefined : 'Its check found damage.'
    } finally {
      catalog.close()
    }
  } catch (error) {
    if (isDamage(error)) return error instanceof KindredError ? error.message : 'It cannot be read.'
    throw error
  }
}

const isDamage = (error: unknown): boolean =>
  error instanceof KindredError
    ? error.code === 'library-damaged'
    : error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(error.code)

/** Makes a whole catalog beside the damaged one. */
function rebuild(layout: LibraryLayout, aside: PutAside, reason: string, now: () => number): Rescue {
  const rescued = aside.scratch('rescued.db')
  const reindexed = reindex(aside.copyTo(rescued), layout, now)
  let salvaged: Salvaged = new Map()
  let backup: Rescue['backup']
  if (!reindexed) {
    removeCatalog(rescued)
    const target = new Catalog(rescued, layout.backups, now)
    try {
      const copy = aside.copyTo(aside.scratch('copy.db'))
      ;({ salvaged, backup } = fill(target.db, copy, layout, now))
    } finally {
      target.close()
    }
  }
  const catalog = new Catalog(rescued, layout.backups, now)
  try {
    const journal = replayJournal(catalog, layout.journal)
    // The index is made anew, also by a program that still holds the old one.
    catalog.settings.bumpGeneration()
    return { reason, aside: aside.folder, reindexed, salvaged, backup, journal }
  } finally {
    catalog.close()
    syncFileSync(rescued)
  }
}

/** Whether a copy of the catalog is whole once its indexes are made anew. */
function reindex(copy: string | undefined, layout: LibraryLayout, now: () => number): boolean {
  if (copy === undefined) return false
  try {
    const db = new Database(copy)
    try {
      // Without tables it would be whole, too.
      if (schemaVersion(db) === 0) return false
      db.exec('REINDEX')
    } finally {
      db.close()
    }
    const catalog = new Catalog(copy, layout.backups, now)
    try {
      return catalog.db.pragma('integrity_check(1)', { simple: true }) === 'ok'
    } finally {
      catalog.close()
    }
  } catch (error) {
    endAtFullDisk(error)
    return false
  }
}

/** Fills a new catalog from a damaged one and from the newest whole backup. */
function fill(
  target: Database.Database,
  copy: string | undefined,
  layout: LibraryLayout,
  now: () => number,
): Pick<Rescue, 'salvaged' | 'backup'> {
  target.pragma('foreign_keys = OFF')
  target.pragma('synchronous = NORMAL')
  target.exec('DELETE FROM setting')
  let salvaged: Salvaged = new Map()
  if (copy !== undefined) {
    salvaged = salvage(copy, target)
    if (![...salvaged.values()].some(({ isWhole }) => isWhole)) {
      mendHeader(copy)
      salvaged = salvage(copy, target)
    }
  }
  const source = openNewestBackup(layout, now)
  let backup: Rescue['backup']
  if (source) {
    const rows = fillGaps(source.db, target, salvaged)
    if (rows.size > 0) backup = { from: source.backup, rows }
    source.db.close()
    removeCatalog(source.file)
  }
  target.exec(`INSERT OR IGNORE INTO setting (key, value) VALUES ('generation', 0)`)
  recordVersion(target, schemaVersion(target))
  removeOrphans(target)
  // Each photo has a row; version 0: its file is read again in the background.
  target.exec(
    `INSERT OR IGNORE INTO metadata (photo_id, embedded, embedded_version) SELECT id, '{}', 0 FROM photo`,
  )
  return { salvaged, backup }
}

/** Opens a copy of the newest backup that is whole, brought up to this version. Backups of later versions are left alone. */
function openNewestBackup(
  layout: LibraryLayout,
  now: () => number,
): { backup: Backup; file: string; db: Database.Database } | undefined {
  for (const backup of backupsOf(layout.backups)) {
    const file = join(layout.damaged, `${backup.name}.copy`)
    try {
      removeCatalog(file)
      const original = new Database(join(layout.backups, backup.name), { readonly: true })
      try {
        original.prepare('VACUUM INTO ?').run(file)
      } finally {
        original.close()
      }
      const { db } = new Catalog(file, layout.backups, now)
      if (db.pragma('integrity_check(1)', { simple: true }) === 'ok') return { backup, file, db }
      db.close()
    } catch (error) {
      endAtFullDisk(error)
      // The next older one may be whole.
    }
    if (existsSync(file)) removeCatalog(file)
  }
  return undefined
}

/** Removes rows that refer to rows which could not be read. */
function removeOrphans(db: Database.Database): void {
  type Orphan = {
    readonly table: string
    readonly rowid: number | null
    readonly parent: string
    readonly fkid: number
  }
  for (;;) {
    const orphans = db.pragma('foreign_key_check') as Orphan[]
    if (orphans.length === 0) return
    for (const { table, rowid, parent, fkid } of orphans) {
      if (rowid !== null) db.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(rowid)
      else {
        const { from, to } = db
          .prepare<[string, number], { from: string; to: string }>(
            'SELECT "from", "to" FROM pragma_foreign_key_list(?) WHERE id = ?',
          )
          .get(table, fkid)!
        db.exec(`DELETE FROM ${table} WHERE ${from} NOT IN (SELECT ${to} FROM ${parent})`)
      }
    }
  }
}

function replayJournal(catalog: Catalog, file: string): Rescue['journal'] {
  catalog.outbox.removeDamaged()
  // Committed before the damage, but not in the journal yet.
  const committed = catalog.outbox.after(0)
  const lines = readLines(file)
  const last = Math.max(0, ...lines.map(({ seq }) => seq))
  const state = stateAfter([...lines, ...committed.filter(({ seq }) => seq > last)])
  if (state.lastAt === undefined) return undefined
  return { ...restoreLabels(catalog, state), until: state.lastAt, isWhole: state.isWhole }
}
