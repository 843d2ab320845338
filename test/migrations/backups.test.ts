import Database from 'better-sqlite3'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Catalog } from '../../electron/engine/library/catalog/catalog.ts'
import { backUp } from '../../electron/engine/library/catalog/backups.ts'
import { openDatabase, schemaVersion } from '../../electron/engine/library/catalog/database.ts'
import { migrations, type Migration } from '../../electron/engine/library/catalog/migrations/index.ts'
import { rescueCatalog } from '../../electron/engine/library/rescue/rescue.ts'
import { layoutOf, type LibraryLayout } from '../../electron/engine/library/layout.ts'
import { KindredError } from '../../electron/shared/errors.ts'
import { Random } from '../../electron/shared/random.ts'

let folder: string
let layout: LibraryLayout
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-backups-'))
  layout = layoutOf(folder)
})
afterEach(() => rmSync(folder, { recursive: true }))

const newest = migrations.at(-1)!.version

/** Test migrations: each adds a column and records itself in a row. */
const step = (version: number): Migration => ({
  version,
  up: `ALTER TABLE setting ADD COLUMN made_${version} TEXT; INSERT INTO setting (key, value) VALUES ('step ${version}', ${version})`,
})

const open = (...more: Migration[]): Database.Database =>
  openDatabase(layout.catalog, layout.backups, [...migrations, ...more])

const backups = (): string[] => (existsSync(layout.backups) ? readdirSync(layout.backups).sort() : [])

function mark(value: string): void {
  const catalog = new Catalog(layout.catalog, layout.backups)
  catalog.settings.set('mark', value)
  catalog.close()
}

function backUpAt(day: number, value: string): void {
  mark(value)
  const catalog = new Catalog(layout.catalog, layout.backups)
  backUp(catalog.db, layout.backups, Date.UTC(2026, 0, day))
  catalog.close()
}

function rescued(): { mark: string | undefined; repaired: string | undefined } {
  const { catalog, repaired } = rescueCatalog(layout, () => 7)
  const found = catalog.settings.text('mark')
  catalog.close()
  return { mark: found, repaired }
}

const code = (action: () => unknown): string => {
  try {
    action()
    return 'no error'
  } catch (error) {
    return error instanceof KindredError ? error.code : String(error)
  }
}

describe('migrations: catalog of an older version', () => {
  test('runs every missing migration in order, and none twice', () => {
    open(step(1010)).close()
    const db = open(step(1010), step(1020), step(1030))
    expect(schemaVersion(db)).toBe(1030)
    const steps = db.prepare("SELECT value FROM setting WHERE key LIKE 'step %' ORDER BY value").pluck().all()
    expect(steps).toEqual([1010, 1020, 1030])
    db.close()
  })

  test('keeps its contents, and the backup keeps them as they were', () => {
    mark('precious')
    const db = open(step(1010))
    expect(db.prepare("SELECT value FROM setting WHERE key = 'mark'").pluck().get()).toBe('precious')
    db.close()
    expect(backups()).toEqual([expect.stringMatching(/^catalog-000001-\d{4}-.*-before-1010\.db$/)])
    const old = new Database(join(layout.backups, backups()[0]!), { readonly: true })
    expect(schemaVersion(old)).toBe(newest)
    expect(old.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(old.prepare("SELECT value FROM setting WHERE key = 'mark'").pluck().get()).toBe('precious')
    expect(old.prepare("SELECT count(*) FROM pragma_table_info('setting')").pluck().get()).toBe(2)
    old.close()
  })

  test('stays at the last migration that worked when one fails', () => {
    mark('precious')
    const broken = { version: 1020, up: 'CREATE TABLE half (id INTEGER) STRICT; NONSENSE' }
    expect(() => open(step(1010), broken)).toThrow()
    const db = open(step(1010))
    expect(schemaVersion(db)).toBe(1010)
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0)
    db.close()
  })

  test('has its backup even with five daily ones present', () => {
    for (const day of [1, 2, 3, 4, 5]) backUpAt(day, `day ${day}`)
    open(step(1010)).close()
    expect(backups().some(name => name.endsWith('-before-1010.db'))).toBe(true)
  })
})

describe('migrations: catalog of a newer version', () => {
  test('is refused, and not a byte of it changes', () => {
    open(step(1010)).close()
    const before = readFileSync(layout.catalog)
    expect(code(() => open())).toBe('library-newer')
    expect(code(() => rescueCatalog(layout, () => 7))).toBe('library-newer')
    expect(readFileSync(layout.catalog)).toEqual(before)
    expect(backups()).toEqual([])
  })
})

describe('rescue of a catalog', () => {
  test('changes nothing if nothing is wrong', () => {
    backUpAt(1, 'old')
    mark('new')
    expect(rescued()).toEqual({ mark: 'new', repaired: undefined })
    expect(readdirSync(folder).some(name => name.includes('damaged'))).toBe(false)
  })

  test('takes the newest backup that is intact', () => {
    for (const day of [1, 2, 3]) backUpAt(day, `day ${day}`)
    const spoil = (): void => writeFileSync(layout.catalog, Buffer.alloc(8192, 'rubbish'))
    spoil()
    expect(rescued()).toMatchObject({ mark: 'day 3' })
    spoil()
    const third = backups()[2]!
    writeFileSync(join(layout.backups, third), Buffer.alloc(9000, 'rubbish'))
    const second = rescued()
    expect(second.mark).toBe('day 2')
    expect(second.repaired).toContain('From the backup of 2026-01-02')
    // The backups stay as they are, and so do both damaged catalogs.
    expect(backups()).toHaveLength(3)
    expect(readdirSync(layout.damaged)).toEqual(['1', '2'])
    expect(readFileSync(join(layout.damaged, '1', 'catalog.db'), 'utf8')).toContain('rubbish')
  })

  test('takes the newest backup, even if an older one was made before a migration', () => {
    backUpAt(1, 'before the migration')
    // As earlier releases named them.
    renameSync(
      join(layout.backups, backups()[0]!),
      join(layout.backups, 'catalog-2026-01-01T12-00-00-before-30.db'),
    )
    backUpAt(2, 'after the migration')
    writeFileSync(layout.catalog, Buffer.alloc(8192, 'rubbish'))
    expect(rescued().mark).toBe('after the migration')
  })

  test('finds damage that opening does not', () => {
    const catalog = new Catalog(layout.catalog, layout.backups)
    catalog.settings.set('mark', 'kept')
    catalog.transaction(() => {
      for (let i = 0; i < 2000; i++) catalog.addRoot(`/a folder/${'x'.repeat(100)}/${i}`)
    })
    backUp(catalog.db, layout.backups, Date.UTC(2026, 0, 1))
    catalog.db.pragma('wal_checkpoint(TRUNCATE)')
    catalog.close()
    const bytes = readFileSync(layout.catalog)
    bytes.fill(0x5a, Math.floor(bytes.length / 2))
    writeFileSync(layout.catalog, bytes)
    // Opening does not read that part.
    new Catalog(layout.catalog, layout.backups).close()
    expect(rescued()).toMatchObject({
      mark: 'kept',
      repaired: expect.stringContaining('2026-01-01') as string,
    })
  })

  test.each([0, 1])('always ends with a working catalog, wherever the damage is (series %i)', series => {
    const random = new Random(`damage ${series}`)
    backUpAt(1, 'kept')
    const whole = readFileSync(layout.catalog)
    for (let round = 0; round < 25; round++) {
      const bytes = Buffer.from(whole)
      const at = random.chance(0.5) ? random.int(0, 4095) : random.int(0, bytes.length - 1)
      const length = random.pick([1, 1, 4, 100, 4096])
      for (let i = at; i < Math.min(bytes.length, at + length); i++) bytes[i] = random.int(0, 255)
      // The version number is spared: a catalog of a newer version is left alone, damaged or not.
      whole.copy(bytes, 60, 60, 64)
      rmSync(`${layout.catalog}-wal`, { force: true })
      writeFileSync(layout.catalog, random.chance(0.2) ? bytes.subarray(0, at + 1) : bytes)
      const { catalog } = rescueCatalog(layout, () => round)
      catalog.settings.set('works', 1)
      expect(catalog.db.pragma('quick_check', { simple: true })).toBe('ok')
      expect(catalog.photos.countPresent()).toBe(0)
      catalog.close()
    }
  })

  test('restores a backup if the damage makes another valid schema', () => {
    backUpAt(1, 'kept')
    const bytes = readFileSync(layout.catalog)
    bytes[bytes.indexOf('sha256   TEXT')] = 't'.charCodeAt(0)
    writeFileSync(layout.catalog, bytes)
    expect(rescued().mark).toBe('kept')
  })

  test('restores a backup if the catalog has become an empty file', () => {
    backUpAt(1, 'kept')
    writeFileSync(layout.catalog, '')
    expect(rescued().mark).toBe('kept')
  })
})

describe('catalog that cannot be opened', () => {
  test.each([
    [
      'is no database',
      () => writeFileSync(layout.catalog, 'These are not the bytes of a database, by far not.'.repeat(100)),
      'library-damaged',
    ],
    ['is a folder', () => mkdirSync(layout.catalog), 'library-unwritable'],
  ])('has a code if it %s', (_, spoil, expected) => {
    spoil()
    expect(code(() => new Catalog(layout.catalog, layout.backups))).toBe(expected)
  })

  test('has a code if another process has locked it', () => {
    open().close()
    const other = new Database(layout.catalog)
    other.pragma('journal_mode = DELETE')
    other.exec('BEGIN EXCLUSIVE')
    expect(code(() => new Catalog(layout.catalog, layout.backups))).toBe('library-in-use')
    other.close()
  })

  test('is damaged if a table is gone', () => {
    const db = open()
    db.exec('DROP TABLE job')
    db.close()
    expect(code(() => new Catalog(layout.catalog, layout.backups))).toBe('library-damaged')
  })
})
