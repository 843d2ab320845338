/** @file The threads that decode photos and write their thumbnails. */
import { KindredError } from '../../shared/errors.ts'
import type { PhotoTraits } from '../library/rows.ts'
import { serveWorkerAtOnce, Transferred } from '../runtime/threads/rpc.ts'
import { asBuffer } from './as-buffer.ts'
import { decodePhoto, type NetworkPixels } from './decode.ts'
import { ThumbnailCache } from './thumbnails.ts'

/** A photo whose thumbnail has been written. */
export interface ImportedPhoto extends PhotoTraits {
  readonly network: NetworkPixels
}

/** A decoded photo with the memory of its file, to be used again. */
export interface Decoded {
  readonly photo: ImportedPhoto
  readonly memory: Uint8Array<ArrayBuffer>
}

let thumbnails: ThumbnailCache | undefined
let networkSize = 0

const api = {
  begin(thumbnailFolder: string, size: number): void {
    thumbnails = new ThumbnailCache(thumbnailFolder)
    networkSize = size
  },

  /** Decodes a file's bytes and writes the thumbnail. */
  async decode(file: Uint8Array<ArrayBuffer>, contentHash: Uint8Array): Promise<Transferred<Decoded>> {
    if (!thumbnails) throw new KindredError('internal', 'There is no folder for the thumbnails.')
    const bytes = asBuffer(file)
    const { thumbnail, ...photo } = await decodePhoto(bytes, networkSize)
    await thumbnails.write(Buffer.from(contentHash), thumbnail)
    return new Transferred({ photo, memory: file }, [photo.network.rgb.buffer, bytes.buffer])
  },
}

export type PhotoWorkerApi = typeof api

serveWorkerAtOnce(api)
