import type { FilePath } from '../library/paths.ts'
import type { FileStamp } from '../library/rows.ts'
import { asBuffer } from './as-buffer.ts'
import { FileThreads } from './file-threads.ts'

/** Files read at once for what a person does; imports have threads of their own. */
const AT_ONCE = 3

export interface PhotoBytes {
  readonly bytes: Buffer<ArrayBuffer>
  /** SHA-256 of the bytes, 32 bytes: the identity of the photo. */
  readonly contentHash: Buffer
}

let threads: FileThreads | undefined

/** The threads that read files of the user, other than those of imports. They start when they are first needed. */
export const userFiles = (): FileThreads => (threads ??= new FileThreads(AT_ONCE))

/** Ends the threads. */
export async function closeUserFiles(): Promise<void> {
  const closing = threads
  threads = undefined
  await closing?.close()
}

/**
 * Reads and hashes a file, once. Returns undefined for a file that is no image and whose name does not promise one.
 * @throws KindredError with the code of what is wrong with the file, `drive-stalled`
 */
export async function readPhoto(path: FilePath): Promise<PhotoBytes | undefined> {
  const read = await userFiles().image(path)
  return read && { bytes: asBuffer(read.bytes), contentHash: Buffer.from(read.contentHash) }
}

/** The state of a file on disk; undefined where there is none that can be reached. */
export const stampOf = async (path: FilePath): Promise<FileStamp | undefined> =>
  userFiles()
    .stamp(path)
    .catch(() => undefined)

/** Whether there is nothing at the path; false where that cannot be said. */
export const isGone = async (path: FilePath): Promise<boolean> =>
  userFiles()
    .isGone(path)
    .catch(() => false)

/** Whether there is a folder that can be reached; not where its drive does not respond. */
export const isFolder = async (path: FilePath): Promise<boolean> =>
  userFiles()
    .isFolder(path)
    .catch(() => false)

/** The bytes with their identity. */
export async function hashPhoto(bytes: Buffer<ArrayBuffer>): Promise<PhotoBytes> {
  return { bytes, contentHash: Buffer.from(await crypto.subtle.digest('SHA-256', bytes)) }
}
