/** @file Files of the user are read in threads that may hang, so that nothing else does. */
import { KindredError } from '../../shared/errors.ts'
import { displayPath, type FilePath } from '../library/paths.ts'
import type { ByteSpan, FileStamp, PhotoMetadata } from '../library/rows.ts'
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import { WorkerClient } from '../runtime/threads/rpc.ts'
import { workerFile } from '../runtime/threads/worker-file.ts'
import { asBuffer } from './as-buffer.ts'
import { driveOf } from './drive.ts'
import type { FileWorkerApi } from './file.worker.ts'
import type { ImageBytes } from './read-image.ts'

/** Milliseconds without a byte after which a drive counts as not responding. */
const PATIENCE = 20_000
/** Milliseconds that closing waits for a thread. */
const CLOSING = 500
/** Bytes of one part of a file that is read in parts. */
const PART = 4 * 2 ** 20

interface Lane {
  readonly thread: WorkerClient<FileWorkerApi>
  /** Grows with each part that is read. */
  readonly progress: Int32Array
}

/** So many threads at most that read at once, beside those that hang. */
export class FileThreads {
  readonly #turns: WeightedSemaphore
  readonly #patience: number
  readonly #idle: Lane[] = []
  readonly #lanes = new Set<Lane>()
  /** Drives on which threads hang, with how many. */
  readonly #stalled = new Map<string, number>()
  #closed = false

  /** @param patience milliseconds without a byte after which a thread counts as hanging */
  constructor(threads: number, patience = PATIENCE) {
    this.#turns = new WeightedSemaphore(threads)
    this.#patience = patience
  }

  /**
   * Reads and hashes an image or a video; undefined for a file that is neither and whose name does not promise an image.
   * @param recycled memory to read into, where it suffices: it must not be used any more
   * @param wantsPoster false: a video comes without the picture that stands for it
   * @throws KindredError with the code of what is wrong with the file, `drive-stalled`
   */
  image(
    path: FilePath,
    recycled?: Uint8Array<ArrayBuffer>,
    wantsPoster = true,
  ): Promise<ImageBytes | undefined> {
    const moved = recycled ? [recycled.buffer] : []
    return this.#use(path, ({ thread }) => thread.callWith(moved, 'image', path, recycled, wantsPoster))
  }

  /**
   * Reads what a sidecar says of its photo.
   * @throws KindredError with the code of what is wrong with the file, `drive-stalled`
   */
  sidecar(path: FilePath): Promise<PhotoMetadata> {
    return this.#use(path, ({ thread }) => thread.call('sidecar', path))
  }

  /** @throws KindredError `drive-stalled` */
  stamp(path: FilePath): Promise<FileStamp | undefined> {
    return this.#use(path, ({ thread }) => thread.call('stamp', path))
  }

  /** @throws KindredError `drive-stalled` */
  isGone(path: FilePath): Promise<boolean> {
    return this.#use(path, ({ thread }) => thread.call('isGone', path))
  }

  /** @throws KindredError `drive-stalled` */
  isOnlineOnly(path: FilePath): Promise<boolean> {
    return this.#use(path, ({ thread }) => thread.call('isOnlineOnly', path))
  }

  /** @throws KindredError `drive-stalled` */
  isFolder(path: FilePath): Promise<boolean> {
    return this.#use(path, ({ thread }) => thread.call('isFolder', path))
  }

  /**
   * Reads a whole file.
   * @throws KindredError with the code of what is wrong with the file, `file-too-large`, `drive-stalled`
   */
  async whole(path: FilePath, largest: number): Promise<Buffer<ArrayBuffer>> {
    const parts: Buffer[] = []
    for await (const part of this.parts(path, largest)) parts.push(part)
    return Buffer.concat(parts)
  }

  /** The same, part by part, of some bytes of the file where these are given. */
  async *parts(
    path: FilePath,
    largest: number,
    { start, length }: ByteSpan = { start: 0, length: Infinity },
  ): AsyncGenerator<Buffer<ArrayBuffer>> {
    const lane = Promise.withResolvers<Lane>()
    const done = Promise.withResolvers<undefined>()
    // The thread stays with this file until all parts are taken.
    const turn = this.#turns.run(1, async () => {
      const taken = await this.#take(path)
      lane.resolve(taken)
      await done.promise
      this.#give(taken)
    })
    turn.catch(lane.reject)
    try {
      const { thread } = await lane.promise
      const wait = async <T>(call: Promise<T>): Promise<T> => this.#patiently(await lane.promise, path, call)
      const size = await wait(thread.call('open', path, largest))
      const end = Math.min(size, start + length)
      let at = start
      while (at < end) {
        const part = await wait(thread.call('part', at, Math.min(PART, end - at)))
        if (part.length === 0) break
        at += part.length
        yield asBuffer(part)
      }
    } finally {
      void lane.promise.then(({ thread }) => thread.call('close')).catch(() => undefined)
      done.resolve(undefined)
    }
  }

  /** Ends the threads; waits no longer than a moment for those that hang. What is being read fails with `worker-gone`. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#lanes].map(({ thread }) => thread.close(CLOSING)))
  }

  #use<T>(path: FilePath, work: (lane: Lane) => Promise<T>): Promise<T> {
    return this.#turns.run(1, async () => {
      const lane = await this.#take(path)
      try {
        return await this.#patiently(lane, path, work(lane))
      } finally {
        this.#give(lane)
      }
    })
  }

  async #take(path: FilePath): Promise<Lane> {
    if (this.#closed) throw new KindredError('worker-gone', 'The files are no longer read.')
    if (this.#stalled.has(driveOf(path))) throw stalled(path)
    return this.#idle.pop() ?? this.#start()
  }

  #give(lane: Lane): void {
    if (lane.thread.alive) this.#idle.push(lane)
    else this.#lanes.delete(lane)
  }

  /** Until a thread has started, nothing of it counts as hanging. */
  async #start(): Promise<Lane> {
    const lane: Lane = {
      thread: new WorkerClient<FileWorkerApi>(workerFile('file', import.meta.url)),
      progress: new Int32Array(new SharedArrayBuffer(4)),
    }
    this.#lanes.add(lane)
    await lane.thread.call('begin', lane.progress as Int32Array<ArrayBuffer>)
    return lane
  }

  /** Waits for a call as long as bytes arrive. */
  async #patiently<T>(lane: Lane, path: FilePath, call: Promise<T>): Promise<T> {
    let seen = Atomics.load(lane.progress, 0)
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setInterval(() => {
      const now = Atomics.load(lane.progress, 0)
      if (now === seen) reject(this.#abandon(lane, path))
      seen = now
    }, this.#patience)
    try {
      return await Promise.race([call, promise])
    } finally {
      clearInterval(timer)
      call.catch(() => undefined)
    }
  }

  /** Leaves a thread to itself; until it returns, nothing more is asked of its drive. */
  #abandon(lane: Lane, path: FilePath): KindredError {
    const drive = driveOf(path)
    this.#stalled.set(drive, (this.#stalled.get(drive) ?? 0) + 1)
    const returned = (): void => {
      const left = this.#stalled.get(drive)! - 1
      if (left > 0) this.#stalled.set(drive, left)
      else this.#stalled.delete(drive)
    }
    void lane.thread.close(CLOSING)
    void lane.thread.ended.then(returned)
    return stalled(path)
  }
}

function stalled(path: FilePath): KindredError {
  const shown = displayPath(path)
  return new KindredError('drive-stalled', `The drive of ${shown} does not respond.`, {
    details: { reason: 'drive-stalled.of', path: shown },
  })
}
