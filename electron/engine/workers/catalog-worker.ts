import Database from 'better-sqlite3'
import { backUpDaily, explain } from '../catalog/database.ts'
import { Files } from '../catalog/files.ts'
import { Photos } from '../catalog/photos.ts'
import { Settings } from '../catalog/settings.ts'
import type { FilePath } from '../scan/paths.ts'
import { serveWorker, Transferred } from './rpc.ts'

/** The grid's columns, see catalog/photos.ts, as of one generation. */
export interface PackedGrid {
  readonly generation: number
  readonly ids: Float64Array
  readonly aspects: Float64Array
  readonly colors: Float64Array
  readonly dates: Float64Array
}

/** What goes through whole tables, over a connection of its own: it takes too long for the engine's thread. */
let db: Database.Database | undefined

function open(): Database.Database {
  if (!db) throw new Error('No catalog is open.')
  return db
}

const api = {
  open(file: string): void {
    db = new Database(file, { readonly: true })
  },

  grid(): Transferred<PackedGrid> {
    const read = open().transaction(() => ({
      generation: new Settings(open()).generation(),
      columns: new Photos(open()).grid(),
    }))
    const { generation, columns } = read()
    const [ids, aspects, colors, dates] = [
      Float64Array.from(columns.ids),
      Float64Array.from(columns.aspects),
      Float64Array.from(columns.colors),
      Float64Array.from(columns.dates),
    ]
    const packed = { generation, ids, aspects, colors, dates }
    return new Transferred(packed, [ids.buffer, aspects.buffer, colors.buffer, dates.buffer])
  },

  countPhotosBelow(folders: readonly FilePath[]): number[] {
    const files = new Files(open())
    return folders.map(folder => files.countPhotosBelow(folder))
  },

  backUpDaily(folder: string, now: number): void {
    try {
      backUpDaily(open(), folder, now)
    } catch (error) {
      throw explain(error)
    }
  },
}

export type CatalogWorkerApi = typeof api

serveWorker(api)
