/** @file The thread that walks folders: a slow disk blocks it and no other. */
import { ScanDeltaFinder, type ScanDeltaQuery, type ScanDelta } from './scan-delta.ts'
import { serveWorker } from '../runtime/threads/rpc.ts'

/** Milliseconds of work in one part. */
const PART_MS = 40

/** The walk under way. Its parts are pulled, one call each: it never gets ahead of the import. */
let finder: ScanDeltaFinder | undefined

const api = {
  begin(query: ScanDeltaQuery): void {
    finder = new ScanDeltaFinder(query)
  },

  next(): ScanDelta {
    return finder!.next(PART_MS)
  },
}

export type ScanWorkerApi = typeof api

serveWorker(api)
