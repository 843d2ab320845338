import { availableParallelism } from 'node:os'
import type { FilePath } from '../library/paths.ts'
import { KindredError } from '../../shared/errors.ts'
import { availableMemory } from '../runtime/memory.ts'
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import { WorkerClient } from '../runtime/threads/rpc.ts'
import { workerFile } from '../runtime/threads/worker-file.ts'
import { BufferPool } from './buffer-pool.ts'
import { revived } from './careful-decode.ts'
import type { DecodedPhoto } from './decode.ts'
import { FileThreads } from './file-threads.ts'
import { decodeIsolated, type ImageSource } from './isolated-decoder.ts'
import { looksLikePhoto } from './formats/image-formats.ts'
import { limits } from './formats/limits.ts'
import { ThumbnailCache } from './thumbnails.ts'
import { withVideo } from './video/video-traits.ts'
import type { Decoded, ImportedPhoto, PhotoWorkerApi } from './photo.worker.ts'

const cores = availableParallelism()
/** Photos decoded at once: the codecs take one thread each. */
const DECODERS = cores
/** Files read and hashed ahead of the codecs, so that a slow disk does not keep them waiting. */
const READERS = cores + 1
/** Photos under way in all: some wait for a codec, some for their place in the order. */
export const PHOTOS_AT_ONCE = 4 * (READERS + DECODERS)
/** Bytes of files in memory at once, and the part of the memory that is free; a larger file is read alone. */
const MEMORY = 256 * 2 ** 20
const PART_OF_MEMORY = 1 / 4
/** Bytes that are read of a video, or of a file that is no photo. */
const PARTS_OF_A_FILE = 8 * 2 ** 20
/** Cores whose codecs one thread keeps busy: of the time that a photo takes, a tenth is spent in the thread. */
const CORES_A_THREAD = 6

/** Keeps count of decodings that may end the program, by content: a program that was ended finds it when it starts. */
export interface Attempts {
  /** Whether it was begun too often without an end. */
  isSpent(contentHash: Buffer): boolean
  begin(contentHash: Buffer): void
  end(contentHash: Buffer): void
}

/** A photo that was read and hashed. */
export interface OpenPhoto {
  readonly bytes: number
  /** 32 bytes. */
  readonly contentHash: Buffer
  /** Decodes it and writes its thumbnail; to be called once at most. */
  decode(): Promise<ImportedPhoto>
}

/**
 * Reads, hashes and decodes photos beside the engine's thread. Reading, decoding and the bytes in memory have a limit
 * each, and what is read may hang.
 */
export class PhotoReaders {
  readonly #thumbnails: ThumbnailCache
  readonly #networkSize: number
  readonly #attempts: Attempts
  readonly #stopped = new AbortController()
  readonly #begin: readonly [thumbnailFolder: string, networkSize: number]
  readonly #reading = new FileThreads(READERS)
  readonly #buffers = new BufferPool()
  readonly #decoding = new WeightedSemaphore(DECODERS)
  readonly #memory = new WeightedSemaphore(Math.min(MEMORY, PART_OF_MEMORY * availableMemory()))
  #workers: WorkerClient<PhotoWorkerApi>[] = []
  #turn = 0

  /** @param networkSize edge of the square that the network takes, in pixels */
  constructor(thumbnailFolder: string, networkSize: number, attempts: Attempts) {
    this.#thumbnails = new ThumbnailCache(thumbnailFolder)
    this.#networkSize = networkSize
    this.#attempts = attempts
    this.#begin = [thumbnailFolder, networkSize]
  }

  /**
   * Opens a file for as long as the work takes. The work gets undefined for a file that is neither image nor video and
   * whose name does not promise an image.
   * @param size of the file in bytes, about
   * @throws KindredError with the code of what is wrong with the file
   */
  async use<T>(path: FilePath, size: number, work: (photo: OpenPhoto | undefined) => Promise<T>): Promise<T> {
    // Of other files only a few parts are read.
    const whole = looksLikePhoto(path) && size <= limits.fileBytes
    return this.#memory.run(whole ? size : PARTS_OF_A_FILE, async () => {
      // A frame of a video is taken when it is needed: one that the library has is only to be recognised.
      const read = await this.#reading.image(path, whole ? this.#buffers.take(size) : undefined, false)
      if (!read) return work(undefined)
      const { bytes, contentHash, video } = read
      if (video)
        return work({
          bytes: video.bytes,
          contentHash: Buffer.from(contentHash),
          decode: () => this.#decodeVideo(path, contentHash),
        })
      const memory: Uint8Array<ArrayBuffer>[] = [bytes]
      const decode = async (): Promise<Decoded> => {
        // Moved into the thread, and back when it is done.
        memory.length = 0
        const decoded = await this.#nextWorker().callWith([bytes.buffer], 'decode', bytes, contentHash)
        memory.push(decoded.memory)
        return decoded
      }
      try {
        return await work({
          bytes: bytes.length,
          contentHash: Buffer.from(contentHash),
          decode: async () => {
            const decoded = await this.#decoding.run(1, decode)
            if ('photo' in decoded) return decoded.photo
            // Its process reads the file itself.
            this.#recycle(memory)
            return this.#decodeHeavy({ path, contentHash, size: bytes.length }, decoded.heavy)
          },
        })
      } finally {
        this.#recycle(memory)
      }
    })
  }

  /** Gives up what is being read: a drive that does not respond keeps nobody waiting. */
  stopReading(): Promise<void> {
    this.#stopped.abort()
    return this.#reading.close()
  }

  async close(): Promise<void> {
    await Promise.all([this.stopReading(), ...this.#workers.map(worker => worker.close())])
  }

  /** Reads a video once more, now with the picture that stands for it. */
  async #decodeVideo(path: FilePath, contentHash: Uint8Array): Promise<ImportedPhoto> {
    const read = await this.#reading.image(path)
    if (!read?.video || !Buffer.from(read.contentHash).equals(contentHash))
      throw new KindredError('file-vanished', 'The file was changed while it was read.')
    const { bytes, video } = read
    const decoded = await this.#decoding.run(1, () =>
      this.#nextWorker().callWith([bytes.buffer], 'decode', bytes, contentHash),
    )
    if (!('photo' in decoded))
      throw new KindredError('too-many-pixels', 'The picture of this video is too large.')
    return withVideo(decoded.photo, video)
  }

  /** Decodes a photo that could end the program: that it was begun is on record until it has ended. */
  async #decodeHeavy(
    source: Extract<ImageSource, { path: FilePath }>,
    memory: number,
  ): Promise<ImportedPhoto> {
    const contentHash = Buffer.from(source.contentHash)
    if (this.#attempts.isSpent(contentHash))
      throw new KindredError('decode-crashed', 'Decoding this image has ended Kindred twice.')
    this.#attempts.begin(contentHash)
    try {
      const work = { kind: 'photo', networkSize: this.#networkSize } as const
      const decoded = await decodeIsolated(source, memory, work, this.#stopped.signal)
      const { thumbnail, ...photo } = revived(decoded as DecodedPhoto)
      await this.#thumbnails.write(contentHash, thumbnail)
      return photo
    } finally {
      this.#attempts.end(contentHash)
    }
  }

  #recycle(memory: Uint8Array<ArrayBuffer>[]): void {
    for (const { buffer } of memory.splice(0)) this.#buffers.give(Buffer.from(buffer))
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
