import { constants, open, type FileHandle } from 'node:fs/promises'
import { KindredError } from '../../shared/errors.ts'
import { describeErrno, fsPath, type FilePath } from '../library/paths.ts'
import { looksLikePhoto } from './image-formats.ts'
import { limits } from './limits.ts'
import { sniff, SNIFF_BYTES } from './sniff.ts'

/** Without it, opening a file that has meanwhile become a named pipe would wait for ever. Windows has no such flag. */
const nonBlocking = process.platform === 'win32' ? 0 : constants.O_NONBLOCK

export interface PhotoBytes {
  readonly bytes: Buffer<ArrayBuffer>
  /** SHA-256 of the bytes, 32 bytes: the identity of the photo. */
  readonly contentHash: Buffer
}

/**
 * Reads and hashes a file, once. Returns undefined for a file that is no image and whose name does not promise one.
 * @throws KindredError with the code of what is wrong with the file
 */
export async function readPhoto(path: FilePath): Promise<PhotoBytes | undefined> {
  const bytes = await readImage(path)
  if (!bytes) return undefined
  return hashPhoto(bytes)
}

/** The bytes with their identity. */
export async function hashPhoto(bytes: Buffer<ArrayBuffer>): Promise<PhotoBytes> {
  return { bytes, contentHash: Buffer.from(await crypto.subtle.digest('SHA-256', bytes)) }
}

/**
 * The bytes of an image file; undefined for a file that is none and whose name does not promise one.
 * @param memory returns a buffer of at least so many bytes, into which the file is read
 * @throws KindredError with the code of what is wrong with the file
 */
export async function readImage(
  path: FilePath,
  memory: (bytes: number) => Buffer<ArrayBuffer> = bytes => Buffer.allocUnsafeSlow(bytes),
): Promise<Buffer<ArrayBuffer> | undefined> {
  const promised = looksLikePhoto(path)
  let file
  try {
    file = await open(fsPath(path), constants.O_RDONLY | nonBlocking)
    const { size } = await file.stat()
    if (size === 0 && promised) throw new KindredError('empty-file', 'This file is empty.')
    if (!promised) {
      const head = Buffer.alloc(Math.min(size, SNIFF_BYTES))
      await file.read(head, 0, head.length, 0)
      const type = await sniff(head)
      if (!type?.startsWith('image/')) return undefined
    }
    if (size > limits.fileBytes) {
      const megabytes = Math.round(size / 2 ** 20)
      throw new KindredError(
        'file-too-large',
        `This file has ${megabytes} MB, more than a photo may have here.`,
      )
    }
    return await readWhole(file, memory(size).subarray(0, size))
  } catch (error) {
    if (error instanceof KindredError) throw error
    const { code, message } = describeErrno(error, 'file')
    throw new KindredError(code, message, { cause: error })
  } finally {
    await file?.close()
  }
}

/** Fills the bytes; returns fewer where the file has become shorter. */
async function readWhole(file: FileHandle, bytes: Buffer<ArrayBuffer>): Promise<Buffer<ArrayBuffer>> {
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at)
    if (bytesRead === 0) return bytes.subarray(0, at)
    at += bytesRead
  }
  return bytes
}
