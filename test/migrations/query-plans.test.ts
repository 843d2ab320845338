import type Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AlbumCommands } from '../../electron/engine/library/catalog/album-commands.ts'
import { AlbumQueries } from '../../electron/engine/library/catalog/album-queries.ts'
import { openDatabase } from '../../electron/engine/library/catalog/database.ts'
import { Features } from '../../electron/engine/library/catalog/features.ts'
import { Files } from '../../electron/engine/library/catalog/files.ts'
import { Jobs } from '../../electron/engine/library/catalog/jobs.ts'
import { Models } from '../../electron/engine/library/catalog/models.ts'
import { Photos } from '../../electron/engine/library/catalog/photos.ts'
import { Settings } from '../../electron/engine/library/catalog/settings.ts'
import { Awaited } from '../../electron/engine/library/catalog/awaited.ts'
import { Outbox } from '../../electron/engine/library/catalog/outbox.ts'
import { Transactions } from '../../electron/engine/library/catalog/transactions.ts'
import { Trainings } from '../../electron/engine/library/catalog/training.ts'

let folder: string
let db: Database.Database
/** Every statement that the catalog prepares, without its line breaks. */
let statements: string[]
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-plans-'))
  db = openDatabase(join(folder, 'catalog.db'), join(folder, 'backups'))
  statements = []
  const recording = new Proxy(db, {
    get: (target, key) =>
      key === 'prepare'
        ? (sql: string) => {
            statements.push(sql)
            return target.prepare(sql)
          }
        : (Reflect.get(target, key) as unknown),
  })
  const settings = new Settings(recording)
  for (const part of [Files, Photos, Features, Jobs, Trainings]) new part(recording)
  new Models(recording, settings)
  const queries = new AlbumQueries(recording, settings)
  const [transactions, outbox] = [new Transactions(recording), new Outbox(recording)]
  const awaited = new Awaited(recording)
  new AlbumCommands({ db: recording, settings, queries, transactions, outbox, awaited, now: Date.now })
})
afterAll(() => {
  db.close()
  rmSync(folder, { recursive: true })
})

const tidy = (sql: string): string => sql.replace(/\s+/g, ' ').trim()

function plan(sql: string): string {
  const values = Array.from(sql.matchAll(/\?/g), () => null)
  const names = Object.fromEntries(Array.from(sql.matchAll(/@(\w+)/g), match => [match[1]!, null]))
  const explain = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
  const rows =
    values.length > 0 || Object.keys(names).length === 0 ? explain.all(...values) : explain.all(names)
  return rows.map(({ detail }) => detail).join('; ')
}

/** The one statement that contains all of these words. */
function statement(...words: string[]): string {
  const found = statements.filter(sql => words.every(word => tidy(sql).includes(word)))
  expect(found.map(tidy), words.join(', ')).toHaveLength(1)
  return found[0]!
}

describe('query plans', () => {
  test.each<[string, string[], RegExp]>([
    [
      'files below a folder',
      ['FROM file WHERE path = ? OR (path > ? AND path < ?)'],
      /path=\?.*path>\? AND path<\?/,
    ],
    ['a file by its path', ['SELECT id', 'FROM file WHERE path = ?'], /SEARCH file/],
    [
      'the files of a photo',
      ['FROM file WHERE photo_id = ? AND state = ? ORDER BY path'],
      /file_by_photo \(photo_id=\? AND state=\?\)/,
    ],
    [
      'the first path of a photo',
      ['SELECT path', "state = 'present' ORDER BY part_of IS NOT NULL, path LIMIT 1"],
      /file_by_photo \(photo_id=\? AND state=\?\)/,
    ],
    [
      'the photo that shows one',
      ['SELECT part_of', "state = 'present' ORDER BY part_of IS NOT NULL, path LIMIT 1"],
      /file_by_photo \(photo_id=\? AND state=\?\)/,
    ],
    ['the parts of a photo', ['WHERE part_of = ? AND state'], /file_part \(part_of=\?/],
    ['files of one stem', ['WHERE pair_key = ?'], /file_by_pair_key \(pair_key=\?\)/],
    ['files without a pair key', ['WHERE pair_key IS NULL'], /file_unpaired/],
    ['the failed files', ["FROM file WHERE state = 'failed' ORDER BY path"], /file_failed/],
    ['how many files failed', ["SELECT count(*) FROM file WHERE state = 'failed'"], /file_failed/],
    ['photos below a folder', ['count(DISTINCT photo_id)', 'path > ?'], /path>\? AND path<\?/],
    ['features by backbone and photo', ['SELECT vector FROM features'], /backbone_id=\? AND photo_id=\?/],
    ['a photo by its content', ['FROM photo WHERE content_hash = ?'], /content_hash=\?/],
    ['the photos of an album', ['SELECT photo_id FROM album_photo', 'ORDER BY position'], /album_id=\?/],
    ['the albums of a photo', ['SELECT album_id FROM album_photo'], /album_photo_by_photo \(photo_id=\?\)/],
    [
      'the photos labelled as unlike a photo',
      ['SELECT negative_id FROM not_like WHERE anchor_id = ?'],
      /anchor_id=\?/,
    ],
    ['the label of a photo', ['label_fold ON'], /SEARCH photo .*SEARCH label_fold/],
    ['photos whose metadata are outdated', ['WHERE embedded_version < ?'], /metadata_by_version/],
    ['photos that lack metadata', ['WHERE is_complete = 0'], /metadata_incomplete/],
    ['jobs by their state', ['FROM job WHERE state = ?'], /job_by_state/],
  ])('find %s by an index', (_, words, expected) => {
    const matching = statements.filter(sql => words.every(word => tidy(sql).includes(word)))
    expect(matching.length).toBeGreaterThan(0)
    // If several statements begin with these words, the shortest is meant.
    const sql = matching.sort((a, b) => a.length - b.length)[0]!
    expect(plan(sql)).toMatch(expected)
    expect(plan(sql)).not.toMatch(/SCAN file(?! USING)/)
  })

  test('need no sorting for the failed files', () => {
    expect(plan(statement("FROM file WHERE state = 'failed' ORDER BY path"))).not.toContain('TEMP B-TREE')
  })

  test('look up the files of each photo through an index, even when they go through all photos', () => {
    const searchable = statement('SELECT f.photo_id', 'EXISTS')
    const lacking = statement('SELECT photo.id FROM photo', 'NOT EXISTS')
    // Never from the rows themselves, which hold the vectors.
    const covered = /SEARCH f USING COVERING INDEX features_by_pipeline \(backbone_id=\? AND pipeline=\?/
    for (const sql of [searchable, statement('SELECT count(*)', 'FROM features f'), lacking])
      expect(plan(sql)).toMatch(covered)
    expect(plan(searchable)).not.toContain('TEMP B-TREE')
    expect(plan(searchable)).toContain('file_by_photo')
    const present = statement('count(DISTINCT photo_id)', 'photo_id IS NOT NULL')
    expect(plan(present)).toContain('USING COVERING INDEX file_by_photo')
  })

  test('read a whole table only if all of it is needed', () => {
    const whole = statements
      .map(tidy)
      .filter(sql =>
        /SCAN (file|photo|features|job|f)\b(?! USING (COVERING )?INDEX (file_|photo_damaged))/.test(
          plan(sql),
        ),
      )
    const wanted = [
      /^SELECT .* FROM photo ORDER BY id$/,
      /^SELECT photo\.id FROM photo WHERE stand_in IS NULL AND EXISTS .* AND NOT EXISTS/,
      /^SELECT .* FROM file WHERE state = 'present' ORDER BY path$/,
    ]
    for (const sql of whole)
      expect(
        wanted.some(known => known.test(sql)),
        sql,
      ).toBe(true)
    expect(whole.length).toBeGreaterThan(0)
  })

  test('delete a photo without going through all files and features', () => {
    // The plan shows the lookups of referencing rows: files, features, and photos that were edited from this one.
    const steps = plan('DELETE FROM photo WHERE id = ?').split('; ')
    expect(steps).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^SEARCH photo /) as string,
        expect.stringMatching(/^SEARCH features .*features_by_photo/) as string,
        expect.stringMatching(/^SEARCH file .*file_by_photo/) as string,
      ]),
    )
  })

  test('delete a photo without going through all photos and files', () => {
    expect(plan('DELETE FROM photo WHERE id = ?')).not.toMatch(/SCAN (photo|file)/)
  })
})
