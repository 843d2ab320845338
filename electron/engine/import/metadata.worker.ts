/** @file The thread that reads metadata again, and those that exiftool found: names of places take a moment to load. */
import type { PhotoMetadata } from '../library/rows.ts'
import { serveWorker } from '../runtime/threads/rpc.ts'
import { asBuffer } from '../media/as-buffer.ts'
import { openImage } from '../media/decoders/open-image.ts'
import type { ExiftoolTags } from '../media/metadata/exiftool.ts'
import { readPhotoMetadata } from '../media/metadata/read-metadata.ts'
import { thoroughMetadata } from '../media/metadata/thorough.ts'

const api = {
  /** Reads the metadata of a file's bytes. */
  async embedded(file: Uint8Array<ArrayBuffer>): Promise<PhotoMetadata> {
    const bytes = asBuffer(file)
    return readPhotoMetadata(bytes, (await openImage(bytes)).metadata)
  },

  thorough(tags: ExiftoolTags): PhotoMetadata {
    return thoroughMetadata(tags)
  },
}

export type MetadataWorkerApi = typeof api

serveWorker(api)
