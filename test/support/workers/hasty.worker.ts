import { KindredError } from '../../../electron/shared/errors.ts'
import { serveWorkerAtOnce } from '../../../electron/engine/runtime/threads/rpc.ts'

/** A worker that starts every call at once. */
let open: (() => void) | undefined

const api = {
  /** Returns when another call has opened the gate. */
  waitAtGate<T>(value: T): Promise<T> {
    return new Promise(resolve => (open = () => resolve(value)))
  },

  openGate(): void {
    open?.()
  },

  fail(): void {
    throw new KindredError('disk-full', 'The disk is full.')
  },
}

export type HastyWorkerApi = typeof api

serveWorkerAtOnce(api)
