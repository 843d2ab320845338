/** @file The threads in which codecs of WebAssembly and of JavaScript decode: a photo takes them up to a second. */
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'
import type { RasterCopy } from './copy-shrunk.ts'
import { Libheif, type HeicPixels } from './libheif.ts'

/** Pixels, and the memory that the thread holds on to. */
export type Decoded<T extends RasterCopy> = T & { readonly held: number }

let libheif: Libheif | undefined

const api = {
  /** As `Libheif.decode`. */
  heic(file: Uint8Array, shortSide: number): Transferred<Decoded<HeicPixels>> {
    libheif ??= new Libheif()
    const pixels = libheif.decode(file, shortSide)
    return new Transferred({ ...pixels, held: libheif.memory }, [pixels.data.buffer])
  },
}

export type RasterWorkerApi = typeof api

serveWorker(api)
