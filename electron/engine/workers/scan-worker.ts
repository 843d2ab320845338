import { walk, type Found, type WalkOptions } from '../scan/walk.ts'
import { serveWorker } from './rpc.ts'

/** Walking a slow disk blocks its thread, so it has one of its own. Batches are pulled: the walk never runs ahead. */
const walks = new Map<number, Iterator<Found>>()
let nextHandle = 1

const api = {
  begin(root: string, options: WalkOptions): number {
    const handle = nextHandle++
    walks.set(handle, walk(root, options))
    return handle
  },

  /** The next files found, as many as a short while yields; an empty list at the end. */
  next(handle: number): Found[] {
    const found: Found[] = []
    const until = performance.now() + 40
    const steps = walks.get(handle)
    // The clock is read after the first step: only the end of the walk is an empty list, however slow the disk.
    for (let step = steps?.next(); step && !step.done; step = steps?.next()) {
      found.push(step.value)
      if (found.length === 2000 || performance.now() > until) return found
    }
    walks.delete(handle)
    return found
  },

  end(handle: number): void {
    walks.delete(handle)
  },
}

export type ScanWorkerApi = typeof api

serveWorker(api)
