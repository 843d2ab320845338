/** @file Backups of the catalog: complete files in a folder of their own, numbered in the order in which they were made. */
import Database from 'better-sqlite3'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KindredError } from '../../../shared/errors.ts'
import { replaceFileSync, syncFileSync, syncFolderOfSync } from '../../runtime/replace-file.ts'

export interface Backup {
  readonly name: string
  /** Goes up with every backup of a library, whatever the clock says; 0 in names of earlier releases. */
  readonly number: number
  /** When it was made by the clock of then, milliseconds since 1970; NaN where the name does not tell. */
  readonly madeAt: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** How many backups are kept: the last of each of so many hours, days and weeks. */
const kept = [
  { span: HOUR, count: 4 },
  { span: DAY, count: 7 },
  { span: 7 * DAY, count: 4 },
]

/** Bytes of all backups together at most; the two newest stay in any case. */
const BUDGET = 2 ** 30

/**
 * Copies the catalog as it is into one complete file, checks that file, and removes what is no longer kept.
 * @param note a word for the file's name, such as why it was made
 * @throws KindredError `library-damaged` when the copy is not whole: then no backup is removed
 */
export function backUp(db: Database.Database, folder: string, now: number, note = ''): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const number = Math.max(0, ...backupsOf(folder).map(backup => backup.number)) + 1
  const name = `catalog-${String(number).padStart(6, '0')}-${timestamp(now)}${note && `-${note}`}.db`
  const file = join(folder, name)
  replaceFileSync(file, join(folder, 'unfinished'), unfinished => {
    // SQLite refuses to write over what a killed process left.
    rmSync(unfinished, { force: true, recursive: true })
    db.prepare('VACUUM INTO ?').run(unfinished)
    requireWhole(unfinished)
    syncFileSync(unfinished)
  })
  syncFolderOfSync(file)
  for (const old of outdated(backupsOf(folder), sizeIn(folder))) rmSync(join(folder, old.name))
}

/** The backups, the newest first. */
export function backupsOf(folder: string): Backup[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.db'))
    .map(({ name }) => parseName(name))
    .sort((a, b) => b.number - a.number || (a.name < b.name ? 1 : -1))
}

/**
 * Whether the last backup is older than so many milliseconds. One from the future was made by a clock that was wrong: its
 * age is unknown.
 */
export function isDue(folder: string, now: number, millis: number): boolean {
  const [newest] = backupsOf(folder)
  return !(newest && newest.madeAt <= now && now - newest.madeAt < millis)
}

/**
 * The backups that are no longer kept. Their numbers tell their order, the clock only whether two are of the same hour,
 * day or week: a clock that jumps cannot make later ones count as older.
 * @param backups the newest first
 */
export function outdated(backups: readonly Backup[], sizeOf: (backup: Backup) => number): Backup[] {
  const keep = new Set(backups.slice(0, 2))
  for (const { span, count } of kept) {
    const spans = new Set<number>()
    for (const backup of backups) {
      const of = Math.floor(backup.madeAt / span)
      if (spans.size < count && !spans.has(of)) keep.add(backup)
      spans.add(of)
    }
  }
  let bytes = 0
  const within = backups.filter(
    (backup, place) => keep.has(backup) && ((bytes += sizeOf(backup)) <= BUDGET || place < 2),
  )
  return backups.filter(backup => !within.includes(backup))
}

const sizeIn =
  (folder: string) =>
  ({ name }: Backup): number =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0

function requireWhole(file: string): void {
  const copy = new Database(file, { readonly: true })
  try {
    if (copy.pragma('integrity_check(1)', { simple: true }) !== 'ok')
      throw new KindredError('library-damaged', 'The catalog of this library is damaged.')
  } finally {
    copy.close()
  }
}

/** `catalog-000012-2026-05-03T10-00-00.db`, or the date alone in names of earlier releases. */
function parseName(name: string): Backup {
  const [, number = '0', date = '', time = '00-00-00'] =
    /^catalog-(?:(\d{6,})-)?(\d{4}-\d{2}-\d{2})(?:T(\d{2}-\d{2}-\d{2}))?/.exec(name) ?? []
  return { name, number: Number(number), madeAt: Date.parse(`${date}T${time.replaceAll('-', ':')}Z`) }
}

const timestamp = (now: number): string => new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')
