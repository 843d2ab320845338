import { availableParallelism } from 'node:os'
import { KindredError } from '../../../shared/errors.ts'
import { WeightedSemaphore } from '../../runtime/jobs/weighted-semaphore.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import { limits } from '../formats/limits.ts'
import type { RasterWorkerApi } from './raster.worker.ts'

/** Threads at most: each of the threads that import photos serves six cores, and has threads of its own. */
const AT_ONCE = Math.min(availableParallelism(), 6)

/** Bytes that a thread may hold on to: memory of WebAssembly grows and never shrinks. */
const MOST_HELD = 128 * 2 ** 20

/** Milliseconds after which a thread that has nothing to do ends. */
const IDLE_MS = 20_000

type Thread = WorkerClient<RasterWorkerApi>

/** Bytes that decoding takes in all threads together; an image that takes more is decoded alone. */
const MEMORY = 448 * 2 ** 20

const memories = new WeightedSemaphore(MEMORY)
const turns = new WeightedSemaphore(AT_ONCE)
const idle: { thread: Thread; timer: NodeJS.Timeout }[] = []

/**
 * Decodes in a thread of its own. One that fails in an unforeseen way, takes too long or holds too much memory is not
 * used again.
 * @param memory bytes that decoding takes at most
 * @throws KindredError with the code of what is wrong with the image
 */
export function inRasterThread<T extends { readonly held: number }>(
  memory: number,
  decode: (thread: Thread) => Promise<T>,
): Promise<T> {
  return memories.run(memory, () => turns.run(1, () => decodeInThread(decode)))
}

async function decodeInThread<T extends { readonly held: number }>(
  decode: (thread: Thread) => Promise<T>,
): Promise<T> {
  const thread = takeThread()
  const { promise: tooLong, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new KindredError('decode-timeout', 'Decoding this image took too long.')),
    limits.seconds * 1000,
  )
  try {
    const pixels = await Promise.race([decode(thread), tooLong])
    if (pixels.held <= MOST_HELD) keep(thread)
    else await thread.close()
    return pixels
  } catch (error) {
    const isOfImage = error instanceof KindredError && ofImages.has(error.code)
    if (isOfImage) keep(thread)
    else void thread.close()
    throw asDamage(error)
  } finally {
    clearTimeout(timer)
  }
}

const ofImages = new Set<string>([
  'damaged-image',
  'truncated-image',
  'unsupported-format',
  'too-many-pixels',
])

/** A codec that traps, or whose memory ends, has met with a file that no encoder wrote. */
function asDamage(error: unknown): unknown {
  const isUnforeseen =
    !(error instanceof KindredError) || error.code === 'internal' || error.code === 'worker-gone'
  return isUnforeseen ? new KindredError('damaged-image', 'This image is damaged.', { cause: error }) : error
}

function takeThread(): Thread {
  const kept = idle.pop()
  clearTimeout(kept?.timer)
  if (kept?.thread.alive) return kept.thread
  return new WorkerClient<RasterWorkerApi>(workerFile('raster', import.meta.url))
}

function keep(thread: Thread): void {
  const timer = setTimeout(() => {
    idle.splice(
      idle.findIndex(kept => kept.thread === thread),
      1,
    )
    void thread.close()
  }, IDLE_MS)
  timer.unref()
  idle.push({ thread, timer })
}
