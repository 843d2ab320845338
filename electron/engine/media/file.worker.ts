/** @file The threads that read files of the user. They block, and hang where a drive does not respond. */
import { closeSync, lstatSync, statSync } from 'node:fs'
import { fsPath, type FilePath } from '../library/paths.ts'
import type { FileStamp, PhotoMetadata } from '../library/rows.ts'
import { fill } from '../runtime/regular-file.ts'
import { serveWorker, Transferred } from '../runtime/threads/rpc.ts'
import { readSidecar, SIDECAR_BYTES } from './metadata/read-sidecar.ts'
import { isOnlineOnly } from './online-only.ts'
import { openUserFile, readImage, type ImageBytes } from './read-image.ts'

let progress = new Int32Array(1)
const advance = (): void => void Atomics.add(progress, 0, 1)
let open: number | undefined

const api = {
  /** @param counter grows with each part that is read */
  begin(counter: Int32Array<ArrayBuffer>): void {
    progress = counter
  },

  /**
   * Reads and hashes an image or a video; undefined for a file that is neither and whose name does not promise an image.
   * @param recycled memory to read into, where it suffices
   * @param wantsPoster false: a video comes without the picture that stands for it
   */
  async image(
    path: FilePath,
    recycled?: Uint8Array<ArrayBuffer>,
    wantsPoster = true,
  ): Promise<Transferred<ImageBytes> | undefined> {
    const image = await readImage(path, recycled, wantsPoster, advance)
    return image && new Transferred(image, [image.bytes.buffer])
  },

  /** Here, since naming a place loads a list of all cities. */
  sidecar(path: FilePath): PhotoMetadata {
    const { handle, size } = openUserFile(path, SIDECAR_BYTES)
    try {
      return readSidecar(fill(handle, Buffer.alloc(size), 0, advance))
    } finally {
      closeSync(handle)
    }
  },

  /** Opens a file for `part`; returns its size in bytes. */
  open(path: FilePath, largest: number): number {
    api.close()
    const { handle, size } = openUserFile(path, largest)
    open = handle
    return size
  },

  part(at: number, length: number): Transferred<Buffer<ArrayBuffer>> {
    const bytes = fill(open!, Buffer.allocUnsafeSlow(length), at, advance)
    return new Transferred(bytes, [bytes.buffer])
  },

  close(): void {
    if (open !== undefined) closeSync(open)
    open = undefined
  },

  /** A link whose target is gone is still there. */
  isGone(path: FilePath): boolean {
    try {
      lstatSync(fsPath(path))
      return false
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT'
    }
  },

  /** False where it cannot be reached, too. */
  isFolder(path: FilePath): boolean {
    try {
      return statSync(fsPath(path)).isDirectory()
    } catch {
      return false
    }
  },

  /** False where it cannot be reached, too. */
  isOnlineOnly(path: FilePath): boolean {
    try {
      return isOnlineOnly(path, statSync(fsPath(path)))
    } catch {
      return false
    }
  },

  /** Returns undefined where there is nothing, or it cannot be reached. */
  stamp(path: FilePath): FileStamp | undefined {
    try {
      const { size, mtimeMs, ctimeMs } = statSync(fsPath(path))
      return { size, modifiedMs: mtimeMs, changedMs: ctimeMs }
    } catch {
      return undefined
    }
  },
}

export type FileWorkerApi = typeof api

serveWorker(api)
