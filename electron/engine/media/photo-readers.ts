import { availableParallelism } from 'node:os'
import type { FilePath } from '../library/paths.ts'
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import { WorkerClient } from '../runtime/threads/rpc.ts'
import { workerFile } from '../runtime/threads/worker-file.ts'
import { BufferPool } from './buffer-pool.ts'
import { FileThreads } from './file-threads.ts'
import type { ImportedPhoto, PhotoWorkerApi } from './photo.worker.ts'

const cores = availableParallelism()
/** Photos decoded at once: the codecs take one thread each. */
const DECODERS = cores
/** Files read and hashed ahead of the codecs, so that a slow disk does not keep them waiting. */
const READERS = cores + 1
/** Photos under way in all: some wait for a codec, some for their place in the order. */
export const PHOTOS_AT_ONCE = 4 * (READERS + DECODERS)
/** Bytes of files in memory at once; a larger file is read alone. */
const MEMORY = 256 * 2 ** 20
/** Cores whose codecs one thread keeps busy: of the time that a photo takes, a tenth is spent in the thread. */
const CORES_A_THREAD = 6

/** A photo that was read and hashed. */
export interface OpenPhoto {
  readonly bytes: number
  /** SHA-256, 32 bytes. */
  readonly contentHash: Buffer
  /** Decodes it and writes its thumbnail; to be called once at most. */
  decode(): Promise<ImportedPhoto>
}

/**
 * Reads, hashes and decodes photos beside the engine's thread. Reading, decoding and the bytes in memory have a limit
 * each, and what is read may hang.
 */
export class PhotoReaders {
  readonly #begin: readonly [thumbnailFolder: string, networkSize: number]
  readonly #reading = new FileThreads(READERS)
  readonly #buffers = new BufferPool()
  readonly #decoding = new WeightedSemaphore(DECODERS)
  readonly #memory = new WeightedSemaphore(MEMORY)
  #workers: WorkerClient<PhotoWorkerApi>[] = []
  #turn = 0

  /** @param networkSize edge of the square that the network takes, in pixels */
  constructor(thumbnailFolder: string, networkSize: number) {
    this.#begin = [thumbnailFolder, networkSize]
  }

  /**
   * Opens a file for as long as the work takes. The work gets undefined for a file that is no image and whose name
   * does not promise one.
   * @param size of the file in bytes, about
   * @throws KindredError with the code of what is wrong with the file
   */
  async use<T>(path: FilePath, size: number, work: (photo: OpenPhoto | undefined) => Promise<T>): Promise<T> {
    return this.#memory.run(size, async () => {
      const read = await this.#reading.image(path, this.#buffers.take(size))
      if (!read) return work(undefined)
      const { bytes, contentHash } = read
      const memory: Uint8Array<ArrayBuffer>[] = [bytes]
      const decode = async (): Promise<ImportedPhoto> => {
        // Moved into the thread, and back when it is done.
        memory.length = 0
        const decoded = await this.#nextWorker().callWith([bytes.buffer], 'decode', bytes, contentHash)
        memory.push(decoded.memory)
        return decoded.photo
      }
      try {
        return await work({
          bytes: bytes.length,
          contentHash: Buffer.from(contentHash),
          decode: () => this.#decoding.run(1, decode),
        })
      } finally {
        for (const { buffer } of memory) this.#buffers.give(Buffer.from(buffer))
      }
    })
  }

  /** Gives up what is being read: a drive that does not respond keeps nobody waiting. */
  stopReading(): Promise<void> {
    return this.#reading.close()
  }

  async close(): Promise<void> {
    await Promise.all([this.#reading.close(), ...this.#workers.map(worker => worker.close())])
  }

  /** Returns the threads in turn. They start with the first photo: most runs find nothing new. */
  #nextWorker(): WorkerClient<PhotoWorkerApi> {
    if (this.#workers.length === 0)
      this.#workers = Array.from({ length: Math.ceil(cores / CORES_A_THREAD) }, () => {
        const worker = new WorkerClient<PhotoWorkerApi>(workerFile('photo', import.meta.url))
        // Calls begin in order; if this one fails, the next one says so.
        worker.call('begin', ...this.#begin).catch(() => undefined)
        return worker
      })
    return this.#workers[this.#turn++ % this.#workers.length]!
  }
}
