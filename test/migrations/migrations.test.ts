import Database from 'better-sqlite3'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Catalog } from '../../electron/engine/library/catalog/catalog.ts'
import { backUp } from '../../electron/engine/library/catalog/backups.ts'
import { openDatabase, schemaVersion } from '../../electron/engine/library/catalog/database.ts'
import { migrations } from '../../electron/engine/library/catalog/migrations/index.ts'
import { rescueCatalog } from '../../electron/engine/library/rescue/rescue.ts'
import { layoutOf, type LibraryLayout } from '../../electron/engine/library/layout.ts'
import { KindredError } from '../../electron/shared/errors.ts'

let folder: string
let layout: LibraryLayout
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-catalog-'))
  layout = layoutOf(folder)
})
afterEach(() => rmSync(folder, { recursive: true }))

const code = (action: () => unknown): string => {
  try {
    action()
    return 'no error'
  } catch (error) {
    return error instanceof KindredError ? error.code : String(error)
  }
}

describe('migrations', () => {
  test('are numbered upwards in tens', () => {
    const versions = migrations.map(({ version }) => version)
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
    expect(versions[0]).toBe(10)
  })

  test('create a new catalog, and leave one that is up to date alone', () => {
    const newest = migrations.at(-1)!.version
    for (let time = 0; time < 2; time++) {
      const db = openDatabase(layout.catalog, layout.backups)
      expect(schemaVersion(db)).toBe(newest)
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
      expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
      db.close()
    }
    expect(existsSync(layout.backups)).toBe(false)
  })

  test('back an older catalog up before they change it', () => {
    openDatabase(layout.catalog, layout.backups).close()
    const next = { version: 1000, up: 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT' }
    const db = openDatabase(layout.catalog, layout.backups, [...migrations, next])
    expect(schemaVersion(db)).toBe(1000)
    db.close()
    const [backup] = readdirSync(layout.backups)
    const old = new Database(join(layout.backups, backup!), { readonly: true })
    expect(schemaVersion(old)).toBe(migrations.at(-1)!.version)
    old.close()
  })

  test('change all or nothing', () => {
    openDatabase(layout.catalog, layout.backups).close()
    const broken = { version: 1000, up: 'CREATE TABLE later (id INTEGER) STRICT; NONSENSE' }
    expect(() => openDatabase(layout.catalog, layout.backups, [...migrations, broken])).toThrow()
    const db = openDatabase(layout.catalog, layout.backups)
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'later'").pluck().get()).toBe(0)
    db.close()
  })

  test('refuse a catalog from a newer version, untouched', () => {
    const db = openDatabase(layout.catalog, layout.backups)
    db.pragma('user_version = 99990')
    db.close()
    expect(code(() => openDatabase(layout.catalog, layout.backups))).toBe('library-newer')
  })
})

describe('migration to albums', () => {
  test('keeps the contents of a catalog of the first version', () => {
    const first = migrations.filter(({ version }) => version === 10)
    const old = openDatabase(layout.catalog, layout.backups, first)
    old.exec(`
      INSERT INTO photo (content_hash, bytes, format, width, height, average_color, pipeline, added_at)
      VALUES (randomblob(32), 9, 'jpeg', 4, 3, 0, 1, 1);
    `)
    const before = old.prepare('SELECT * FROM photo').all() as object[]
    old.close()
    const db = openDatabase(layout.catalog, layout.backups)
    expect(schemaVersion(db)).toBe(migrations.at(-1)!.version)
    expect(db.prepare('SELECT * FROM photo').all()).toEqual(
      before.map(photo => ({
        ...photo,
        perceptual_hash: null,
        taken_precision: null,
        duration_seconds: null,
        stand_in: null,
        damage: null,
        damage_share: null,
        has_film: 0,
      })),
    )
    expect(db.pragma('foreign_key_check')).toEqual([])
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    db.close()
    expect(readdirSync(layout.backups)).toHaveLength(1)
  })
})

describe('migration to more formats', () => {
  test('has the files read again that could not be read, and no others', () => {
    const before = migrations.filter(({ version }) => version < 60)
    const old = openDatabase(layout.catalog, layout.backups, before)
    const insert = old.prepare(
      `INSERT INTO file (path, state, size, modified_ms, changed_ms, pipeline, failure_code, failure_message)
       VALUES (?, ?, 9, 1, 1, 1, ?, ?)`,
    )
    for (const code of ['unsupported-format', 'damaged-image', 'permission-denied'])
      insert.run(Buffer.from(`/${code}`), 'failed', code, 'It failed.')
    insert.run(Buffer.from('/notes.txt'), 'ignored', null, null)
    old.close()
    const db = openDatabase(layout.catalog, layout.backups)
    const again = db
      .prepare('SELECT CAST(path AS TEXT) FROM file WHERE pipeline = 0 ORDER BY 1')
      .pluck()
      .all()
    expect(again).toEqual(['/damaged-image', '/unsupported-format'])
    db.close()
  })
})

describe('migration to damaged photos', () => {
  test('has files read again of which a part may be shown, and TIFFs, which may lack one', () => {
    const before = migrations.filter(({ version }) => version < 100)
    const old = openDatabase(layout.catalog, layout.backups, before)
    const photo = old.prepare(
      `INSERT INTO photo (content_hash, bytes, format, width, height, average_color, pipeline, added_at)
       VALUES (randomblob(32), 9, ?, 4, 3, 0, 1, 1)`,
    )
    const file = old.prepare(
      `INSERT INTO file (path, state, photo_id, size, modified_ms, changed_ms, pipeline, failure_code, failure_message)
       VALUES (?, ?, ?, 9, 1, 1, 1, ?, ?)`,
    )
    for (const format of ['TIFF', 'JPEG'])
      file.run(Buffer.from(`/${format}`), 'present', photo.run(format).lastInsertRowid, null, null)
    for (const code of ['truncated-image', 'damaged-image', 'not-an-image'])
      file.run(Buffer.from(`/${code}`), 'failed', null, code, 'It failed.')
    old.close()
    const db = openDatabase(layout.catalog, layout.backups)
    const again = db.prepare('SELECT CAST(path AS TEXT) FROM file WHERE pipeline = 0 ORDER BY 1').pluck()
    expect(again.all()).toEqual(['/TIFF', '/damaged-image', '/truncated-image'])
    expect(db.prepare('SELECT format, pipeline FROM photo ORDER BY id').raw().all()).toEqual([
      ['TIFF', 0],
      ['JPEG', 1],
    ])
    db.close()
  })
})

describe('migration to living folders', () => {
  test('keeps the folders; nothing is left out of one yet', () => {
    const before = migrations.filter(({ version }) => version < 80)
    const old = openDatabase(layout.catalog, layout.backups, before)
    old.prepare('INSERT INTO root (path, added_at) VALUES (?, 5)').run(Buffer.from('/photos'))
    old.close()
    const catalog = new Catalog(layout.catalog, layout.backups)
    expect(catalog.roots()).toEqual(['/photos'])
    expect(catalog.folders.ignored()).toEqual({})
    expect(catalog.folders.leftOut()).toEqual([])
    catalog.close()
  })
})

describe('migration to watched files', () => {
  test('knows of each photo whether its metadata are still to be read, and leaves read ones alone', () => {
    const before = migrations.filter(({ version }) => version < 120)
    const old = openDatabase(layout.catalog, layout.backups, before)
    old.exec(`
      INSERT INTO photo (id, content_hash, bytes, format, width, height, average_color, pipeline, added_at, taken_at,
                         latitude)
      VALUES (1, randomblob(32), 9, 'jpeg', 4, 3, 0, 1, 1, 5, 48), (2, randomblob(32), 9, 'jpeg', 4, 3, 0, 1, 1, 5, 48),
             (3, randomblob(32), 9, 'jpeg', 4, 3, 0, 1, 1, 5, NULL);
      INSERT INTO metadata (photo_id, embedded, embedded_version) VALUES (1, '{"lens":"EF 50"}', 1),
                                                                         (3, '{"lens":"EF 50"}', 1);
    `)
    old.close()
    const db = openDatabase(layout.catalog, layout.backups)
    const rows = db.prepare('SELECT photo_id, embedded_version, is_complete FROM metadata').raw().all()
    expect(rows).toEqual([
      [1, 1, 1],
      [2, 0, 0],
      [3, 1, 0],
    ])
    db.close()
  })
})

describe('migration to films within photos', () => {
  test('has the photos read again that may carry a film, and no others', () => {
    const before = migrations.filter(({ version }) => version < 130)
    const old = openDatabase(layout.catalog, layout.backups, before)
    const photo = old.prepare(
      `INSERT INTO photo (content_hash, bytes, format, width, height, average_color, pipeline, added_at)
       VALUES (randomblob(32), 9, ?, 4, 3, 0, 1, 1)`,
    )
    const read = old.prepare(
      `INSERT INTO metadata (photo_id, embedded, embedded_version) VALUES (?, '{}', ?)`,
    )
    for (const format of ['JPEG', 'HEIC', 'PNG', 'CR3', 'MP4']) read.run(photo.run(format).lastInsertRowid, 1)
    read.run(photo.run('TIFF').lastInsertRowid, 0)
    old.close()
    const db = openDatabase(layout.catalog, layout.backups)
    const versions = db.prepare(
      'SELECT format, embedded_version, has_film FROM metadata JOIN photo ON id = photo_id ORDER BY id',
    )
    expect(versions.raw().all()).toEqual([
      ['JPEG', 1, 0],
      ['HEIC', 1, 0],
      ['PNG', 2, 0],
      ['CR3', 2, 0],
      ['MP4', 2, 0],
      ['TIFF', 0, 0],
    ])
    db.close()
  })
})

describe('query plans: repeated statements', () => {
  const plan = (catalog: Catalog, sql: string, ...values: unknown[]): string =>
    (catalog.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[])
      .map(({ detail }) => detail)
      .join('; ')

  test('find their rows through an index', () => {
    const catalog = new Catalog(layout.catalog, layout.backups)
    const bytes = Buffer.from('x')
    expect(
      plan(catalog, 'SELECT * FROM file WHERE path = ? OR (path > ? AND path < ?)', bytes, bytes, bytes),
    ).not.toContain('SCAN')
    expect(
      plan(
        catalog,
        "SELECT path FROM file WHERE photo_id = ? AND state = 'present' ORDER BY path LIMIT 1",
        1,
      ),
    ).toContain('file_by_photo')
    expect(plan(catalog, 'SELECT id FROM photo WHERE content_hash = ?', bytes)).not.toContain('SCAN')
    expect(
      plan(
        catalog,
        'SELECT vector FROM features WHERE backbone_id = ? AND photo_id = ? AND pipeline = ?',
        1,
        1,
        1,
      ),
    ).not.toContain('SCAN')
    expect(plan(catalog, "SELECT path FROM file WHERE state = 'failed' ORDER BY path")).toContain(
      'file_failed',
    )
    expect(plan(catalog, "SELECT id FROM job WHERE state = 'running'")).toContain('job_by_state')
    catalog.close()
  })
})

describe('damaged catalog', () => {
  test('is refused with a code, and replaced by the newest intact backup on request', () => {
    const catalog = new Catalog(layout.catalog, layout.backups)
    catalog.settings.set('mark', 'kept')
    backUp(catalog.db, layout.backups, Date.UTC(2026, 0, 1))
    catalog.close()
    writeFileSync(join(layout.backups, 'catalog-2026-01-02.db'), 'a backup that is no better')
    writeFileSync(layout.catalog, Buffer.alloc(8192, 'rubbish'))
    expect(code(() => new Catalog(layout.catalog, layout.backups))).toBe('library-damaged')

    const rescued = rescueCatalog(layout, () => 1)
    expect(rescued.repaired).toContain('From the backup of 2026-01-01 00:00 UTC')
    expect(rescued.catalog.settings.text('mark')).toBe('kept')
    rescued.catalog.close()
    expect(readdirSync(folder).some(name => name.includes('damaged'))).toBe(true)
  })

  test('becomes an empty one without a backup, and reports that', () => {
    writeFileSync(layout.catalog, Buffer.alloc(8192, 'rubbish'))
    const { catalog, repaired } = rescueCatalog(layout, () => 1)
    expect(repaired).toContain('No backup was used')
    catalog.close()
  })
})
