/** @file Threads that hang in a call of the system, as on a drive that does not respond, keep nothing from ending. */
import type { Worker } from 'node:worker_threads'

/** Milliseconds for threads to end before the process does. */
const LAST = 500

/** Threads of this process that have not ended, and those of them that were told to. */
const running = new Set<Worker>()
const leaving = new Set<Worker>()

/** To be called with every thread that is started. */
export function watchThread(worker: Worker): void {
  running.add(worker)
  worker.once('exit', () => {
    running.delete(worker)
    leaving.delete(worker)
  })
}

/** Tells a thread to end, and waits for that so many milliseconds. */
export async function endThread(worker: Worker, patience = Infinity): Promise<void> {
  if (!running.has(worker)) return
  leaving.add(worker)
  const ended = worker.terminate()
  if (patience === Infinity) await ended
  else {
    const late = Promise.withResolvers<undefined>()
    const timer = setTimeout(() => late.resolve(undefined), patience)
    await Promise.race([ended, late.promise]).finally(() => clearTimeout(timer))
  }
}

/**
 * Ends this process within a moment. `process.exit` alone waits for all threads; where one hangs, only a signal that
 * cannot be caught ends the process.
 */
export async function endProcess(code?: number): Promise<void> {
  await Promise.all([...running].map(worker => endThread(worker, LAST)))
  if (leaving.size > 0) process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}

/** The same for a process that ends by itself: only where a thread hangs. */
export async function endIfHanging(): Promise<void> {
  if (leaving.size > 0) await endProcess()
}
