import Database from 'better-sqlite3'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  backUp,
  backupsOf,
  isDue,
  outdated,
  type Backup,
} from '../../../../../electron/engine/library/catalog/backups.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const HOUR = 3_600_000
const DAY = 24 * HOUR
const start = Date.UTC(2026, 4, 3, 10)

/** The newest first, one made after the other at these times. */
const backupsAt = (times: readonly number[]): Backup[] =>
  times.map((madeAt, i) => ({ name: `${i}`, number: i + 1, madeAt })).reverse()

/** The backups that are left when each is made at one of these times, one after the other. */
function kept(times: readonly number[], bytes = 1): number[] {
  let left: Backup[] = []
  for (const [i, madeAt] of times.entries()) {
    left = [{ name: `${i}`, number: i + 1, madeAt }, ...left]
    const old = outdated(left, () => bytes)
    left = left.filter(backup => !old.includes(backup))
  }
  return left.map(({ madeAt }) => madeAt).reverse()
}

describe('backups that are kept', () => {
  test('are the last of hours, days and weeks', () => {
    const everyHour = Array.from({ length: 24 * 60 }, (_, i) => start + i * HOUR)
    const left = kept(everyHour)
    const ages = left.map(madeAt => (everyHour.at(-1)! - madeAt) / HOUR)
    expect(ages.slice(-4)).toEqual([3, 2, 1, 0])
    expect(ages.filter(age => age < 7 * 24).length).toBeGreaterThanOrEqual(9)
    expect(ages[0]).toBeGreaterThan(14 * 24)
    expect(left.length).toBeLessThanOrEqual(15)
  })

  test('are always the two newest, however large they are', () => {
    expect(kept([start, start + DAY, start + 2 * DAY], 2 ** 31)).toEqual([start + DAY, start + 2 * DAY])
  })

  test('fit into a gigabyte otherwise', () => {
    const days = Array.from({ length: 7 }, (_, i) => start + i * DAY)
    expect(kept(days, 2 ** 28)).toEqual(days.slice(-4))
  })

  test('include the newest, wherever the clock jumps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 40 }), days => {
        const times = days.map(day => start + day * DAY)
        expect(kept(times).at(-1)).toBe(times.at(-1))
        expect(outdated(backupsAt(times), () => 1).length).toBeLessThan(times.length)
      }),
    )
  })

  test('do not make way for ever for one from the future', () => {
    const future = Date.UTC(2030, 0, 1)
    const times = [future, ...Array.from({ length: 30 }, (_, i) => start + i * DAY)]
    expect(kept(times).slice(-7)).toEqual(times.slice(-7))
  })
})

describe('backup', () => {
  let folder: string
  beforeEach(() => {
    folder = join(scratch.folder(), 'backups')
  })

  test('holds everything that was written, the write-ahead log included, and counts on', () => {
    const catalog = scratch.catalog()
    catalog.settings.set('mark', 'one')
    backUp(catalog.db, folder, Date.UTC(2030, 0, 1))
    catalog.settings.set('mark', 'two')
    backUp(catalog.db, folder, Date.UTC(2026, 0, 1))
    expect(backupsOf(folder).map(({ name }) => name)).toEqual([
      'catalog-000002-2026-01-01T00-00-00.db',
      'catalog-000001-2030-01-01T00-00-00.db',
    ])
    const copy = new Database(join(folder, backupsOf(folder)[0]!.name), { readonly: true })
    expect(copy.prepare("SELECT value FROM setting WHERE key = 'mark'").pluck().get()).toBe('two')
    copy.close()
  })

  test('is newer than those of earlier releases, whose names have a date only', () => {
    mkdirSync(folder)
    for (const name of [
      'catalog-2031-01-01.db',
      'catalog-2026-01-02.db',
      'catalog-2026-01-02T10-00-00-before-30.db',
    ])
      writeFileSync(join(folder, name), '')
    backUp(scratch.catalog().db, folder, start)
    expect(backupsOf(folder).map(({ name, madeAt }) => [name, new Date(madeAt).toISOString()])[0]).toEqual([
      'catalog-000001-2026-05-03T10-00-00.db',
      '2026-05-03T10:00:00.000Z',
    ])
  })

  test('leaves files and folders alone that are no backups', () => {
    mkdirSync(join(folder, 'catalog-999999-2026-01-01T00-00-00.db'), { recursive: true })
    writeFileSync(join(folder, 'a note.txt'), 'mine')
    const { db } = scratch.catalog()
    for (let i = 0; i < 6; i++) backUp(db, folder, start)
    expect(readFileSync(join(folder, 'a note.txt'), 'utf8')).toBe('mine')
    // The two newest of six of the same hour.
    expect(readdirSync(folder)).toHaveLength(4)
  })

  test('is due when the last one is old, missing, or from the future', () => {
    expect(isDue(folder, start, HOUR)).toBe(true)
    backUp(scratch.catalog().db, folder, start)
    expect(isDue(folder, start + HOUR - 1000, HOUR)).toBe(false)
    expect(isDue(folder, start + HOUR, HOUR)).toBe(true)
    expect(isDue(folder, start - 1000, HOUR)).toBe(true)
  })
})
