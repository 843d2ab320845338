import { KindredError } from '../../../electron/shared/errors.ts'
import { serveWorker, Transferred } from '../../../electron/engine/runtime/threads/rpc.ts'

/** A worker that can fail in every way. */
const api = {
  echo<T>(value: T): T {
    return value
  },

  async slowly<T>(value: T, millis: number): Promise<T> {
    await new Promise(resolve => setTimeout(resolve, millis))
    return value
  },

  fail(): void {
    throw new KindredError('disk-full', 'The disk is full.')
  },

  failOddly(): void {
    throw new TypeError('oops')
  },

  answerNothingThatCanBeSent(): unknown {
    return () => undefined
  },

  move(length: number): Transferred<Uint8Array> {
    const bytes = new Uint8Array(length).fill(7)
    return new Transferred(bytes, [bytes.buffer])
  },

  /** Never returns: the thread ends at once. */
  exit(): Promise<void> {
    process.exit(3)
  },

  /** Never returns: an uncaught error ends the thread. */
  crash(): Promise<void> {
    setTimeout(() => {
      throw new Error('crashed')
    })
    return new Promise(() => undefined)
  },
}

export type TroubledWorkerApi = typeof api

serveWorker(api)
