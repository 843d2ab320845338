/** @file The thread that walks folders: a slow disk blocks it and no other. */
import { PathDeltaFinder, type PathDeltaQuery } from './path-delta.ts'
import { ScanDeltaFinder, type ScanDeltaQuery, type ScanDelta } from './scan-delta.ts'
import { serveWorker } from '../runtime/threads/rpc.ts'

/** Milliseconds of work in one part. */
const PART_MS = 40

/** The walk under way. Its parts are pulled, one call each: it never gets ahead of the import. */
let finder: ScanDeltaFinder | PathDeltaFinder | undefined

/** What is compared with the catalog: folders with all below them, or single files. */
export type ScanQuery = ScanDeltaQuery | PathDeltaQuery

const api = {
  begin(query: ScanQuery): void {
    finder = 'paths' in query ? new PathDeltaFinder(query) : new ScanDeltaFinder(query)
  },

  next(): ScanDelta {
    return finder!.next(PART_MS)
  },
}

export type ScanWorkerApi = typeof api

serveWorker(api)
