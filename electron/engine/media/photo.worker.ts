/** @file The threads that read, hash and decode photos and write their thumbnails. */
import { hash } from 'node:crypto'
import { KindredError } from '../../shared/errors.ts'
import { BufferPool } from './buffer-pool.ts'
import { decodePhoto, type NetworkPixels } from './decode.ts'
import { readImage } from './read-photo.ts'
import { ThumbnailCache } from './thumbnails.ts'
import type { FilePath } from '../library/paths.ts'
import { serveWorkerAtOnce, Transferred } from '../runtime/threads/rpc.ts'
import type { PhotoTraits } from '../library/rows.ts'

/** A file that was read: its bytes stay in the thread until they are released. */
export interface ReadFile {
  readonly handle: number
  readonly bytes: number
  /** SHA-256, 32 bytes. */
  readonly contentHash: Uint8Array
}

/** A photo whose thumbnail has been written. */
export interface ImportedPhoto extends PhotoTraits {
  readonly network: NetworkPixels
}

const memory = new BufferPool()
const buffers = new Map<number, Buffer<ArrayBuffer>>()
let nextHandle = 1
let thumbnails: ThumbnailCache | undefined
let networkSize = 0

const api = {
  begin(thumbnailFolder: string, size: number): void {
    thumbnails = new ThumbnailCache(thumbnailFolder)
    networkSize = size
  },

  /** Reads and hashes a file; undefined for one that is no image and whose name does not promise one. */
  async read(path: FilePath): Promise<ReadFile | undefined> {
    let taken: Buffer<ArrayBuffer> | undefined
    try {
      const bytes = await readImage(path, size => (taken = memory.take(size)))
      if (!bytes) return undefined
      const handle = nextHandle++
      buffers.set(handle, bytes)
      taken = undefined
      return { handle, bytes: bytes.length, contentHash: hash('sha256', bytes, 'buffer') }
    } finally {
      if (taken) memory.give(taken)
    }
  },

  /** Decodes what was read and writes its thumbnail. */
  async decode(handle: number, contentHash: Uint8Array): Promise<Transferred<ImportedPhoto>> {
    const bytes = buffers.get(handle)
    if (!bytes || !thumbnails) throw new KindredError('internal', 'Nothing was read under this handle.')
    const { thumbnail, ...photo } = await decodePhoto(bytes, networkSize)
    await thumbnails.write(Buffer.from(contentHash), thumbnail)
    return new Transferred(photo, [photo.network.rgb.buffer])
  },

  /** Releases the bytes; nothing may use them any more. */
  release(handle: number): void {
    const bytes = buffers.get(handle)
    if (bytes) memory.give(Buffer.from(bytes.buffer))
    buffers.delete(handle)
  },
}

export type PhotoWorkerApi = typeof api

serveWorkerAtOnce(api)
