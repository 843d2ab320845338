import type { FilePath } from '../library/paths.ts'
import type { FileStamp } from '../library/rows.ts'
import { asBuffer } from './as-buffer.ts'
import { FileThreads } from './file-threads.ts'
import type { Video } from './video/read-video.ts'

/** Files read at once for what a person does; imports have threads of their own. */
const AT_ONCE = 3

export interface PhotoBytes {
  /** The file; for a video the picture that stands for it. */
  readonly bytes: Buffer<ArrayBuffer>
  /** The identity of the photo, 32 bytes: SHA-256 of the file, or that of a video. */
  readonly contentHash: Buffer
  readonly video?: Video | undefined
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
 * Reads and hashes an image or a video, once; undefined for a file that is neither and whose name does not promise an image.
 * @throws KindredError with the code of what is wrong with the file, `drive-stalled`
 */
export async function readPhoto(path: FilePath): Promise<PhotoBytes | undefined> {
  const read = await userFiles().image(path)
  return (
    read && { bytes: asBuffer(read.bytes), contentHash: Buffer.from(read.contentHash), video: read.video }
  )
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

/** Whether reading the file would fetch it from elsewhere, or cannot be done now. */
export const isOutOfReach = async (path: FilePath): Promise<boolean> =>
  userFiles()
    .isOnlineOnly(path)
    .catch(() => true)

/** Whether there is a folder that can be reached; not where its drive does not respond. */
export const isFolder = async (path: FilePath): Promise<boolean> =>
  userFiles()
    .isFolder(path)
    .catch(() => false)

/** The bytes with their identity. */
export async function hashPhoto(bytes: Buffer<ArrayBuffer>): Promise<PhotoBytes> {
  return { bytes, contentHash: Buffer.from(await crypto.subtle.digest('SHA-256', bytes)) }
}
