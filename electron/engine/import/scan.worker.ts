import { ScanDeltaFinder, type ScanDeltaQuery, type ScanDelta } from './scan-delta.ts'
import { serveWorker } from '../runtime/threads/rpc.ts'

/** Milliseconds of work in one answer. */
const PART_MS = 40

/** Walking a slow disk blocks its thread, so it has one of its own. Parts are pulled: the walk never runs ahead. */
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
