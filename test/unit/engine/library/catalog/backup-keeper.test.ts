import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BackupKeeper } from '../../../../../electron/engine/library/catalog/backup-keeper.ts'
import { backupsOf } from '../../../../../electron/engine/library/catalog/backups.ts'
import { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { CatalogReader } from '../../../../../electron/engine/library/catalog/catalog-reader.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const MINUTE = 60_000
let catalog: Catalog
let reader: CatalogReader
let folder: string
let time: number
let keeper: BackupKeeper
const log = vi.fn()

beforeEach(() => {
  catalog = scratch.catalog()
  reader = new CatalogReader(catalog)
  folder = join(scratch.folder(), 'backups')
  time = Date.UTC(2026, 4, 3, 10)
  log.mockClear()
  keeper = openKeeper()
})
afterEach(async () => {
  vi.useRealTimers()
  await keeper.close()
  await reader.close()
})

const openKeeper = (): BackupKeeper => new BackupKeeper({ catalog, reader, folder, log, now: () => time })

/** The albums in the newest backup. */
function albumsBackedUp(): number {
  const copy = new Catalog(join(folder, backupsOf(folder)[0]!.name), join(folder, 'none'))
  const { length } = copy.albums.ids()
  copy.close()
  return length
}

describe('backup keeper', () => {
  test('backs up what a person labels each day, though nothing is ever imported', async () => {
    for (let day = 1; day <= 3; day++) {
      time += 24 * 60 * MINUTE
      catalog.albumCommands.create(`Day ${day}`)
      await keeper.close()
      keeper = openKeeper()
      expect(albumsBackedUp()).toBe(day)
    }
    await keeper.close()
    expect(backupsOf(folder)).toHaveLength(3)
  })

  test('makes none where nothing has changed, nor a second one within ten minutes', async () => {
    catalog.albumCommands.create('Roses')
    await keeper.close()
    await keeper.close()
    catalog.albumCommands.create('Tulips')
    time += 9 * MINUTE
    await keeper.close()
    expect(backupsOf(folder)).toHaveLength(1)
    time += MINUTE
    await keeper.close()
    expect(albumsBackedUp()).toBe(2)
  })

  test('waits while the library is open until nothing has changed for a minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    keeper.watch()
    catalog.albumCommands.create('Roses')
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(existsSync(folder)).toBe(false)
    await vi.advanceTimersByTimeAsync(MINUTE)
    await vi.waitFor(() => expect(backupsOf(folder)).toHaveLength(1))
  })

  test('harms nothing where it cannot write or read, and tries again', async () => {
    writeFileSync(folder, 'in the way')
    catalog.albumCommands.create('Roses')
    await keeper.close()
    expect(log).toHaveBeenCalledWith('warn', 'The catalog could not be backed up', expect.anything())
    rmSync(folder)
    mkdirSync(folder)
    await keeper.close()
    expect(albumsBackedUp()).toBe(1)
    catalog.db.exec('DROP TABLE head')
    await expect(keeper.close()).resolves.toBeUndefined()
  })
})
