/** @file The thread that reads all labels and groups their near-duplicates: too slow for the engine's thread. */
import Database from 'better-sqlite3'
import type { BackboneId } from '../../../shared/ids.ts'
import { AlbumQueries } from '../../library/catalog/album-queries.ts'
import { Features } from '../../library/catalog/features.ts'
import { Settings } from '../../library/catalog/settings.ts'
import { Trainings } from '../../library/catalog/training.ts'
import { serveWorker } from '../../runtime/threads/rpc.ts'
import { collectLabels, type LabelTables } from './collect-labels.ts'
import { summariseLabels, type LabelSummary } from './label-summary.ts'
import type { TrainingSet } from './training-set.ts'

let db: Database.Database
let tables: LabelTables

const api = {
  open(catalogFile: string): void {
    db = new Database(catalogFile, { readonly: true })
    tables = {
      albums: new AlbumQueries(db, new Settings(db)),
      features: new Features(db),
      trainings: new Trainings(db),
    }
  },

  collect(backbone: BackboneId): TrainingSet {
    // In one transaction: all of it as of one state.
    return db.transaction(() => collectLabels(tables, backbone))()
  },

  summarise(backbone: BackboneId): LabelSummary {
    return summariseLabels(api.collect(backbone))
  },
}

export type LabelsWorkerApi = typeof api

serveWorker(api)
