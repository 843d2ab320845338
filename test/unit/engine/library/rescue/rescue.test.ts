import Database from 'better-sqlite3'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../../../../../electron/engine/library/catalog/backups.ts'
import { recordVersion } from '../../../../../electron/engine/library/catalog/database.ts'
import { LabelledCatalog, recordPhoto } from '../../../../support/labelled-catalog.ts'
import { codeOf, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
let library: LabelledCatalog
let labels: string[]

beforeEach(() => {
  library = new LabelledCatalog(scratch.folder())
  library.open()
  const photos = library.addPhotos(60)
  backUp(library.catalog.db, library.layout.backups, Date.UTC(2026, 4, 3, 9))
  const roses = library.catalog.albumCommands.create('Roses', photos.slice(0, 50))
  library.catalog.albumCommands.refuse(roses, photos.slice(50))
  labels = library.labels()
})
afterEach(() => library.close())

/** Spoils the file of the catalog at a place. */
function overwrite(at: number, bytes: Buffer): void {
  const content = readFileSync(library.layout.catalog)
  bytes.copy(content, at)
  writeFileSync(library.layout.catalog, content)
}

/** The program is killed: the write-ahead log stays as it is. */
function kill(): LabelledCatalog {
  const killed = new LabelledCatalog(scratch.folder())
  for (const part of ['', '-wal']) copyFileSync(library.layout.catalog + part, killed.layout.catalog + part)
  mkdirSync(killed.layout.backups)
  library.close()
  return killed
}

/** A version that this program does not know. */
function makeNewer(db: Database.Database): void {
  db.pragma('user_version = 99999')
  recordVersion(db, 99_999)
}

const rubbish = (length: number): Buffer => Buffer.alloc(length, 'rubbish')

describe('rescue', () => {
  test('says what was brought back, and from when', () => {
    library.close()
    overwrite(0, rubbish(4096))
    const words = library.open(true)
    expect(words).toMatch(/Nothing could be read from it/)
    expect(words).toMatch(/From the backup of 2026-05-03 09:00 UTC: 60 photos/)
    expect(words).toMatch(
      /From the journal, whose last change is of 2026-05-03 10:\d\d UTC: 1 album with 60 labels/,
    )
    expect(words).toMatch(/now has 60 photos and 1 album/)
    expect(words).toContain(join(library.layout.damaged, '1'))
    expect(library.labels()).toEqual(labels)
  })

  test('reads what can be read of a damaged catalog, without a backup and a journal', () => {
    library.close()
    rmSync(library.layout.backups, { recursive: true })
    rmSync(library.layout.journal)
    const bytes = readFileSync(library.layout.catalog)
    const db = new Database(library.layout.catalog, { readonly: true })
    const root = db
      .prepare<[], number>(`SELECT rootpage FROM sqlite_schema WHERE name = 'features'`)
      .pluck()
      .get()!
    db.close()
    expect(bytes.length).toBeGreaterThan(root * 4096)
    overwrite((root - 1) * 4096, rubbish(4096))
    expect(library.open(true)).toContain('Read from it: 60 photos, 1 album with 60 labels')
    expect(library.labels()).toEqual(labels)
  })

  test('reads a catalog with a damaged header', () => {
    library.close()
    rmSync(library.layout.backups, { recursive: true })
    rmSync(library.layout.journal)
    for (const [at, bytes] of [
      [0, rubbish(16)],
      [16, rubbish(2)],
      [44, rubbish(4)],
      [18, Buffer.of(9, 9)],
    ] as const) {
      overwrite(at, bytes)
      library.open(true)
      expect(library.labels()).toEqual(labels)
      library.close()
      rmSync(library.layout.journal)
    }
  })

  test('makes indexes anew where that is all it takes', () => {
    library.catalog.db.unsafeMode(true)
    library.catalog.db.exec(
      `PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = replace(sql, '(photo_id)', '(position)') WHERE name = 'album_photo_by_photo'`,
    )
    library.close()
    expect(library.open(true)).toContain('Its indexes were made anew; nothing was lost')
    expect(library.labels()).toEqual(labels)
  })

  test('takes what was committed last from the write-ahead log, and keeps the log of the damaged catalog', () => {
    const killed = kill()
    expect(existsSync(killed.layout.journal)).toBe(false)
    const content = readFileSync(killed.layout.catalog)
    rubbish(16).copy(content)
    writeFileSync(killed.layout.catalog, content)
    killed.open(true)
    expect(killed.labels()).toEqual(labels)
    killed.close()
  })

  test('leaves backups of a newer version alone, and takes an older one', () => {
    const { backups } = library.layout
    backUp(library.catalog.db, backups, Date.UTC(2026, 4, 3, 11))
    library.close()
    const [newest] = readdirSync(backups).sort().reverse()
    const db = new Database(join(backups, newest!))
    makeNewer(db)
    db.close()
    const before = readFileSync(join(backups, newest!))
    overwrite(0, rubbish(4096))
    expect(library.open(true)).toContain('2026-05-03 09:00 UTC')
    expect(readFileSync(join(backups, newest!))).toEqual(before)
    expect(readdirSync(backups)).toContain(newest)
  })

  test('does not touch a catalog of a newer version, nor one that cannot be read at all', async () => {
    library.close()
    const { catalog } = library.layout
    const db = new Database(catalog)
    makeNewer(db)
    db.close()
    const before = readFileSync(catalog)
    expect(await codeOf(() => library.open(true))).toBe('library-newer')
    expect(readFileSync(catalog)).toEqual(before)
    renameSync(catalog, `${catalog}.other`)
    mkdirSync(catalog)
    expect(await codeOf(() => library.open(true))).toBe('library-unwritable')
    expect(existsSync(library.layout.damaged)).toBe(false)
  })

  test('does not stumble over folders in the place of backups and of the index', () => {
    library.close()
    mkdirSync(join(library.layout.backups, 'catalog-000009-2026-05-03T12-00-00.db'))
    mkdirSync(library.layout.index)
    overwrite(0, rubbish(4096))
    library.open(true)
    expect(library.labels()).toEqual(labels)
  })

  test('goes on with the catalog that it had put aside when it was cut off', () => {
    library.close()
    rmSync(library.layout.backups, { recursive: true })
    rmSync(library.layout.journal)
    overwrite(4096 * 3, rubbish(10))
    const { damaged, catalog } = library.layout
    mkdirSync(join(damaged, '1'), { recursive: true })
    writeFileSync(join(damaged, '1', 'unfinished'), '')
    renameSync(catalog, join(damaged, '1', 'catalog.db'))
    library.open(true)
    expect(library.labels()).toEqual(labels)
    expect(readdirSync(join(damaged, '1'))).toEqual(['catalog.db'])
  })
})

describe('catalog that is gone', () => {
  test.each(['backups', 'journal', 'index', 'thumbnails'] as const)(
    'is missed while there is still its %s',
    async part => {
      library.close()
      const { layout } = library
      for (const other of ['catalog', 'backups', 'journal'] as const)
        if (other !== part) rmSync(layout[other], { recursive: true, force: true })
      if (part === 'index') writeFileSync(layout.index, 'x')
      if (part === 'thumbnails') {
        mkdirSync(join(layout.thumbnails, 'ab'), { recursive: true })
        writeFileSync(join(layout.thumbnails, 'ab', 'x.jpg'), 'x')
      }
      expect(await codeOf(() => library.open())).toBe('library-damaged')
      expect(library.open(true)).toContain('The catalog of this library is gone')
      if (part === 'journal') {
        library.catalog.transaction(() =>
          Array.from({ length: 60 }, (_, i) => recordPhoto(library.catalog, i)),
        )
        expect(library.labels()).toEqual(labels)
      }
    },
  )

  test('is no reason to refuse a new library', () => {
    const fresh = new LabelledCatalog(scratch.folder())
    expect(fresh.open()).toBeUndefined()
    fresh.close()
  })
})
