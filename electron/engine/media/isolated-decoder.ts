/** @file Images that could take too much memory are decoded in a process of their own. */
import { fork } from 'node:child_process'
import { fromPlainError, KindredError } from '../../shared/errors.ts'
import type { FilePath } from '../library/paths.ts'
import { WeightedSemaphore } from '../runtime/jobs/weighted-semaphore.ts'
import { availableMemory } from '../runtime/memory.ts'
import type { Call, Reply } from '../runtime/threads/rpc.ts'
import { workerFile } from '../runtime/threads/worker-file.ts'
import type { Crop } from './decode.ts'
import { limits } from './formats/limits.ts'

/** An image's bytes, or the file that they are read from. */
export type ImageSource =
  | { readonly bytes: Uint8Array }
  | { readonly path: FilePath; readonly contentHash: Uint8Array; readonly size: number }

export type IsolatedWork =
  | { readonly kind: 'photo'; readonly networkSize: number }
  | { readonly kind: 'network'; readonly networkSize: number; readonly crop?: Crop | undefined }
  | { readonly kind: 'render'; readonly size: number }
  | { readonly kind: 'pixels'; readonly size: number }

/** Bytes of the process itself. */
const PROCESS = 96 * 2 ** 20
/** Processes that may end in the midst of their work before the image is blamed. */
const TRIES = 2
/** Milliseconds for the process to start, and for all that is not decoding. */
const STARTING = 60_000

/** One at a time: two large images at once would be what they are kept apart for. */
const turns = new WeightedSemaphore(1)

/**
 * Decodes an image in a process of its own.
 * @param memory bytes that decoding takes at most
 * @param signal ends it
 * @throws KindredError `too-little-memory`, `decode-crashed`, or what is wrong with the image
 */
export function decodeIsolated(
  source: ImageSource,
  memory: number,
  work: IsolatedWork,
  signal?: AbortSignal,
): Promise<unknown> {
  return turns.run(1, async () => {
    signal?.throwIfAborted()
    const size = 'bytes' in source ? 2 * source.bytes.length : source.size
    refuseTooLarge(memory + size + PROCESS)
    for (let attempt = 1; ; attempt++) {
      const reply = await ask(source, work, signal)
      signal?.throwIfAborted()
      if (reply && 'value' in reply) return reply.value
      if (reply) throw fromPlainError(reply.error)
      if (attempt >= TRIES)
        throw new KindredError('decode-crashed', 'Decoding this image ended the process that did it, twice.')
    }
  })
}

function refuseTooLarge(bytes: number): void {
  const free = availableMemory()
  if (bytes <= free) return
  const megabytes = (count: number): string => `${Math.round(count / 2 ** 20).toLocaleString('en')} MB`
  throw new KindredError(
    'too-little-memory',
    `Decoding this image takes up to ${megabytes(bytes)} of memory, and ${megabytes(free)} are free.`,
  )
}

/** @returns undefined where the process ended without a reply */
async function ask(
  source: ImageSource,
  work: IsolatedWork,
  signal?: AbortSignal,
): Promise<Reply | undefined> {
  const child = fork(workerFile('decode', import.meta.url), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  const { promise, resolve } = Promise.withResolvers<Reply | undefined>()
  const tooLong = { code: 'decode-timeout', message: 'Decoding this image took too long.' } as const
  const timer = setTimeout(() => resolve({ id: 1, error: tooLong }), STARTING + limits.seconds * 1000)
  const stop = (): void => resolve(undefined)
  signal?.addEventListener('abort', stop)
  child.once('message', resolve)
  child.once('error', stop).once('exit', stop)
  try {
    child.send({ id: 1, method: 'decode', args: [source, work] } satisfies Call, () => undefined)
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    child.kill('SIGKILL')
  }
}
