/** @file The threads that decode photos and write their thumbnails. */
import { KindredError } from '../../shared/errors.ts'
import type { PhotoTraits } from '../library/rows.ts'
import { serveWorkerAtOnce, Transferred } from '../runtime/threads/rpc.ts'
import { asBuffer } from './as-buffer.ts'
import { decodeLight, HeavyImage } from './careful-decode.ts'
import { decodePhoto, type DecodedPhoto, type NetworkPixels } from './decode.ts'
import type { OpenedImage } from './decoders/opened-image.ts'
import { ThumbnailCache } from './thumbnails.ts'

/** A photo whose thumbnail has been written. */
export interface ImportedPhoto extends PhotoTraits {
  readonly network: NetworkPixels
}

/** A decoded photo, or the bytes that decoding it would take beside this; with the memory of its file, to be used again. */
export type Decoded = { readonly memory: Uint8Array<ArrayBuffer> } & (
  { readonly photo: ImportedPhoto } | { readonly heavy: number }
)

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
    try {
      const decode = (opened: OpenedImage): Promise<DecodedPhoto> => decodePhoto(bytes, networkSize, opened)
      const { thumbnail, ...photo } = await decodeLight(bytes, decode)
      await thumbnails.write(Buffer.from(contentHash), thumbnail)
      return new Transferred<Decoded>({ photo, memory: file }, [photo.network.rgb.buffer, bytes.buffer])
    } catch (error) {
      if (!(error instanceof HeavyImage)) throw error
      return new Transferred<Decoded>({ heavy: error.memory, memory: file }, [bytes.buffer])
    }
  },
}

export type PhotoWorkerApi = typeof api

serveWorkerAtOnce(api)
