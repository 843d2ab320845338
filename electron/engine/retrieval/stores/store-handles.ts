import type { PhotoIndexModule } from '../../../../native/faiss.ts'
import { KindredError } from '../../../shared/errors.ts'
import { FaissStore } from './faiss-store.ts'
import type { VectorStore } from './vector-store.ts'

/**
 * Numbers for the vector stores of a thread, by which other threads name them. A Faiss store has a native handle, which
 * every thread of the process may use; all others live in this thread and are numbered here.
 */
export class StoreHandles {
  readonly #module: PhotoIndexModule | undefined
  readonly #stores = new Map<number, VectorStore>()
  #next = 1

  /** @param module where the stores are Faiss's own */
  constructor(module: PhotoIndexModule | undefined) {
    this.#module = module
  }

  /** Returns the number of a new store. */
  add(store: VectorStore): number {
    if (store instanceof FaissStore) return store.handle
    this.#stores.set(this.#next, store)
    return this.#next++
  }

  /** @throws KindredError `internal` where there is no such store */
  get(handle: number): VectorStore {
    const store = this.#module ? new FaissStore(this.#module, handle) : this.#stores.get(handle)
    if (!store) throw new KindredError('internal', `There is no index ${handle}.`)
    return store
  }

  close(handle: number): void {
    this.get(handle).close()
    this.#stores.delete(handle)
  }
}
