/**
 * @file Preloaded into a process, writes down now and then what the process holds, as JSON in a file named by its id.
 * Its values from outside are not to be had, and those of the whole process say little of what is kept by mistake.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

const EVERY_MS = 1000

/** What a process holds. */
export interface Holdings {
  /** Bytes of JavaScript values and buffers of the main thread, after garbage collection. */
  readonly heap: number
  /** Timers, sockets and the like that keep the event loop of the main thread going. */
  readonly resources: number
}

const folder = process.env.KINDRED_PROBE
if (isMainThread && folder !== undefined) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const file = join(folder, String(process.pid))
  setInterval(() => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    const holdings: Holdings = {
      heap: heapUsed + external,
      resources: process.getActiveResourcesInfo().length,
    }
    writeFileSync(`${file}.new`, JSON.stringify(holdings))
    renameSync(`${file}.new`, file)
  }, EVERY_MS).unref()
}
