/** @file Reading files of the user, in a thread that may block. */
import { hash } from 'node:crypto'
import { closeSync, statSync } from 'node:fs'
import { KindredError } from '../../shared/errors.ts'
import { isVideoName, videoFormatName } from '../../shared/video-formats.ts'
import { describeErrno, fsPath, type FilePath } from '../library/paths.ts'
import { availableMemory } from '../runtime/memory.ts'
import { fill, openRegularFile } from '../runtime/regular-file.ts'
import { looksLikePhoto } from './formats/image-formats.ts'
import { limits } from './formats/limits.ts'
import { sniff, SNIFF_BYTES } from './formats/sniff.ts'
import { isOnlineOnly } from './online-only.ts'
import { readVideo, type Video } from './video/read-video.ts'

/** An image file with its identity, or the picture that stands for a video. */
export interface ImageBytes {
  readonly bytes: Buffer<ArrayBuffer>
  /** 32 bytes: SHA-256 of an image file, for a video see video/video-identity.ts. */
  readonly contentHash: Uint8Array
  readonly video?: Video
}

/**
 * Reads and hashes an image or a video; undefined for a file that is neither and whose name does not promise an image.
 * @param recycled memory to read into, where it suffices
 * @param wantsPoster false: a video comes without the picture that stands for it
 * @param onPart called after each part that is read
 * @throws KindredError with the code of what is wrong with the file
 */
export async function readImage(
  path: FilePath,
  recycled?: Uint8Array<ArrayBuffer>,
  wantsPoster = true,
  onPart?: () => void,
): Promise<ImageBytes | undefined> {
  const promised = looksLikePhoto(path)
  const opened = openUnlessOther(path)
  if (!opened) return undefined
  const { handle, size } = opened
  try {
    if (size === 0 && promised) throw new KindredError('empty-file', 'This file is empty.')
    if (!promised) {
      const type = await sniff(fill(handle, Buffer.alloc(Math.min(size, SNIFF_BYTES))))
      const film = videoFormatName(type ?? '')
      if (film) {
        const read = await readVideo(path, { handle, size }, film, wantsPoster, onPart)
        if (read) return { bytes: read.poster, contentHash: read.contentHash, video: read.video }
        if (isVideoName(path))
          throw new KindredError('damaged-image', 'The header of this video cannot be read.')
      }
      if (!type?.startsWith('image/')) return undefined
    }
    if (size > limits.fileBytes) throw tooLarge(size)
    if (size > availableMemory() / 2)
      throw new KindredError('too-little-memory', 'There is too little free memory to read this file.')
    const bytes = fill(handle, memoryOf(size, recycled), 0, onPart)
    return { bytes, contentHash: hash('sha256', bytes, 'buffer') }
  } catch (error) {
    throw explain(error)
  } finally {
    closeSync(handle)
  }
}

/** Of what is online only, the name alone tells whether it is a photo. */
function openUnlessOther(path: FilePath): { handle: number; size: number } | undefined {
  try {
    return openUserFile(path)
  } catch (error) {
    const isOnlineOnly = error instanceof KindredError && error.code === 'online-only'
    if (isOnlineOnly && !looksLikePhoto(path) && !isVideoName(path)) return undefined
    throw error
  }
}

/**
 * Opens a file of the user, and nothing but a file; one that is online only is not opened.
 * @param largest bytes that it may have
 * @throws KindredError with the code of what is wrong with the file
 */
export function openUserFile(path: FilePath, largest = Infinity): { handle: number; size: number } {
  try {
    if (isOnlineOnly(path, statSync(fsPath(path))))
      throw new KindredError('online-only', 'Only the name of this file is on this computer.')
    const { handle, stats } = openRegularFile(fsPath(path))
    if (stats.size <= largest) return { handle, size: stats.size }
    closeSync(handle)
    throw tooLarge(stats.size)
  } catch (error) {
    throw explain(error)
  }
}

/** What was taken for the file's size suffices, unless the file has grown. */
function memoryOf(size: number, recycled: Uint8Array<ArrayBuffer> | undefined): Buffer<ArrayBuffer> {
  const suffices = recycled !== undefined && recycled.buffer.byteLength >= size
  return Buffer.from(suffices ? recycled.buffer : new ArrayBuffer(size), 0, size)
}

const tooLarge = (size: number): KindredError =>
  new KindredError(
    'file-too-large',
    `This file has ${Math.round(size / 2 ** 20)} MB, more than it may have here.`,
  )

function explain(error: unknown): KindredError {
  if (error instanceof KindredError) return error
  const { code, message } = describeErrno(error, 'file')
  return new KindredError(code, message, { cause: error })
}
