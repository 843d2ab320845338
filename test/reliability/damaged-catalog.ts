import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { backUp } from '../../electron/engine/library/catalog/backups.ts'
import type { LibraryLayout } from '../../electron/engine/library/layout.ts'
import type { Random } from '../../electron/shared/random.ts'
import { LabelledCatalog, recordPhoto } from '../support/labelled-catalog.ts'
import type { Campaign } from './campaign.ts'

const PHOTOS = 320
const ALBUMS = 8

type Damage = (layout: LibraryLayout, random: Random) => void

/** Writes bytes at a place of the catalog. */
function overwrite(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, bytes, 0, bytes.length, at)
  closeSync(handle)
}

const randomBytes = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.int(0, 255)))

const sizeOf = (file: string): number => statSync(file).size

const damages: Readonly<Record<string, Damage>> = {
  'one byte': ({ catalog }, random) =>
    overwrite(catalog, random.int(0, sizeOf(catalog) - 1), randomBytes(random, 1)),
  '64 bytes': ({ catalog }, random) =>
    overwrite(catalog, random.int(0, sizeOf(catalog) - 64), randomBytes(random, 64)),
  'a page': ({ catalog }, random) =>
    overwrite(catalog, 4096 * random.int(0, sizeOf(catalog) / 4096 - 1), randomBytes(random, 4096)),
  '20 places': ({ catalog }, random) => {
    for (let i = 0; i < 20; i++)
      overwrite(catalog, random.int(0, sizeOf(catalog) - 16), randomBytes(random, 16))
  },
  'the header': ({ catalog }, random) => overwrite(catalog, random.int(0, 92), randomBytes(random, 8)),
  'the first page': ({ catalog }, random) => overwrite(catalog, 0, randomBytes(random, 4096)),
  'cut off': ({ catalog }, random) => truncateSync(catalog, random.int(0, sizeOf(catalog))),
  zeros: ({ catalog }, random) =>
    overwrite(catalog, random.int(0, sizeOf(catalog) - 65_536), Buffer.alloc(65_536)),
  deleted: ({ catalog }) => rmSync(catalog),
  'deleted with all backups': ({ catalog, backups }) => {
    rmSync(catalog)
    rmSync(backups, { recursive: true, force: true })
  },
  'rubbish, all backups too': ({ catalog, backups }, random) => {
    writeFileSync(catalog, randomBytes(random, 9000))
    for (const name of readdirSync(backups)) writeFileSync(join(backups, name), 'rubbish')
  },
  'a missing row of an index': ({ catalog }) => {
    const db = new Database(catalog)
    db.unsafeMode(true)
    db.pragma('writable_schema = ON')
    db.exec(
      `UPDATE sqlite_schema SET sql = replace(sql, '(photo_id)', '(album_id)') WHERE name = 'album_photo_by_photo'`,
    )
    db.close()
  },
}

/** A library of photos in albums: half of the labels are older than the backup. */
function makeLibrary(folder: string): LabelledCatalog {
  const library = new LabelledCatalog(folder)
  library.open()
  const photos = library.addPhotos(PHOTOS)
  const { albumCommands } = library.catalog
  const share = PHOTOS / ALBUMS
  for (let n = 0; n < ALBUMS; n++) {
    if (n === ALBUMS / 2) backUpNow(library)
    const album = albumCommands.create(`Album ${n}`, photos.slice(n * share, (n + 1) * share - 2))
    albumCommands.refuse(album, photos.slice((n + 1) * share - 2, (n + 1) * share))
    albumCommands.notLike([photos[n]!], photos[n + 50]!)
  }
  return library
}

function backUpNow({ catalog, layout, time }: LabelledCatalog): void {
  backUp(catalog.db, layout.backups, time)
}

/** Restores what can be restored, then imports the photos again: what a person would do. */
function rescued(folder: string): string[] {
  const library = new LabelledCatalog(folder)
  library.open(true)
  library.catalog.transaction(() => {
    for (let number = 0; number < PHOTOS; number++) recordPhoto(library.catalog, number)
  })
  if (library.journal.differences() > 0) library.journal.restore()
  const labels = library.labels()
  library.close()
  return labels
}

export const damagedCatalog: Campaign = {
  name: 'damaged-catalog',
  title: 'the catalog damaged, deleted or cut off',
  promise: 'every label comes back',
  count: 200,
  quickCount: Object.keys(damages).length,
  async run({ count, random, folder, log }) {
    const made = makeLibrary(join(folder, 'whole'))
    const before = made.labels()
    const losses: string[] = []
    const kinds = Object.entries(damages)
    for (let n = 0; n < count; n++) {
      const [kind, damage] = kinds[n % kinds.length]!
      const attacked = new LabelledCatalog(join(folder, `attacked-${n}`))
      // Some are as a killed program leaves them, with the last changes in the write-ahead log only.
      cpSync(made.layout.folder, attacked.layout.folder, { recursive: true })
      if (random.chance(0.7)) checkpoint(attacked.layout)
      damage(attacked.layout, random)
      try {
        const after = rescued(attacked.layout.folder)
        const lost = new Set(before).difference(new Set(after)).size
        const strange = new Set(after).difference(new Set(before)).size
        if (lost + strange > 0) losses.push(`${kind} (${n}): ${lost} rows lost, ${strange} strange`)
      } catch (error) {
        losses.push(`${kind} (${n}): ${String(error)}`)
      }
      rmSync(attacked.layout.folder, { recursive: true, force: true })
      if (n % 20 === 19) log(`${n + 1} of ${count}`)
    }
    made.close()
    return {
      attacks: count,
      losses,
      remarks: `${kinds.length} kinds of damage; ${before.length} rows in each`,
    }
  },
}

function checkpoint({ catalog }: LibraryLayout): void {
  const db = new Database(catalog)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}
