import Database from 'better-sqlite3'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../../../electron/engine/library/catalog/database.ts'
import {
  onSlowStatement,
  type SlowStatement,
} from '../../../../../electron/engine/library/catalog/slow-statements.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
let db: Database.Database
let slow: SlowStatement[]

beforeEach(() => {
  const folder = scratch.folder()
  db = openDatabase(join(folder, 'catalog.db'), join(folder, 'backups'))
  slow = []
  onSlowStatement(db, statement => slow.push(statement))
  db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)')
  db.function('wait', millis => {
    const end = performance.now() + (millis as number)
    while (performance.now() < end);
    return 1
  })
})
afterEach(() => db.close())

describe('slow statements', () => {
  test('are reported with their plan, and without what was asked for', () => {
    db.prepare('INSERT INTO note (text) VALUES (?)').run('secret')
    const found = db
      .prepare<[number, string], string>(
        `SELECT text FROM note
         WHERE wait(?) AND text = ?`,
      )
      .pluck()
      .all(60, 'secret')
    expect(found).toEqual(['secret'])
    expect(slow).toHaveLength(1)
    expect(slow[0]).toMatchObject({
      sql: 'SELECT text FROM note WHERE wait(?) AND text = ?',
      plan: ['SCAN note'],
    })
    expect(slow[0]!.millis).toBeGreaterThanOrEqual(60)
    expect(JSON.stringify(slow)).not.toContain('secret')
  })

  test('are reported however they are run, also where they fail', () => {
    expect(db.prepare('SELECT wait(50) AS a').get()).toEqual({ a: 1 })
    expect(db.prepare('SELECT wait(50) AS a, 2 AS b').all()).toEqual([{ a: 1, b: 2 }])
    const insert = db.prepare<[string]>('INSERT INTO note (id, text) VALUES (wait(50), ?)')
    expect(insert.run('a').changes).toBe(1)
    const fails = db.prepare<[string]>('INSERT INTO note (id, text) VALUES (wait(51), ?)')
    expect(() => fails.run('a')).toThrow('UNIQUE')
    expect(slow.map(({ sql }) => sql.split(' ', 2).join(' '))).toEqual([
      'SELECT wait(50)',
      'SELECT wait(50)',
      'INSERT INTO',
      'INSERT INTO',
    ])
  })

  test('are reported once in a while, short ones never', () => {
    const statement = db.prepare<[number]>('SELECT wait(?)').pluck()
    for (let i = 0; i < 3; i++) expect(statement.get(45)).toBe(1)
    expect(slow).toHaveLength(1)
    for (let i = 0; i < 100; i++) db.prepare('SELECT 1').get()
    expect(slow).toHaveLength(1)
  })

  test('are statements as any others', () => {
    const insert = db.prepare<[string]>('INSERT INTO note (text) VALUES (?)')
    db.transaction(() => ['a', 'b'].forEach(text => insert.run(text)))()
    const all = db.prepare<[], { id: number; text: string }>('SELECT * FROM note ORDER BY id')
    expect([...all.iterate()].map(({ text }) => text)).toEqual(['a', 'b'])
    expect(all.raw().all()).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(all.columns().map(({ name }) => name)).toEqual(['id', 'text'])
    expect(() => db.prepare('SELECT nothing FROM nowhere')).toThrow(Database.SqliteError)
  })
})
