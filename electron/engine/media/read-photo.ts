import { constants, open } from 'node:fs/promises'
import { KindredError } from '../../shared/errors.ts'
import { fsPath, type FilePath } from '../scan/paths.ts'
import { looksLikePhoto, sniff, SNIFF_BYTES } from '../scan/sniff.ts'
import { describe } from '../scan/walk.ts'
import { limits } from './limits.ts'

/** Without it, opening what has become a named pipe meanwhile would wait for ever. Windows has no such flag. */
const nonBlocking = process.platform === 'win32' ? 0 : constants.O_NONBLOCK

export interface PhotoBytes {
  readonly bytes: Buffer<ArrayBuffer>
  /** SHA-256 of the bytes, 32 bytes: the identity of the photo. */
  readonly contentHash: Buffer
}

/**
 * Reads and hashes a file, once. Answers undefined for a file that is no image and whose name does not promise one.
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

async function readImage(path: FilePath): Promise<Buffer<ArrayBuffer> | undefined> {
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
    return await file.readFile()
  } catch (error) {
    if (error instanceof KindredError) throw error
    const { code, message } = describe(error, 'file')
    throw new KindredError(code, message, { cause: error })
  } finally {
    await file?.close()
  }
}
