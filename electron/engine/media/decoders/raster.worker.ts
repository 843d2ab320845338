/** @file The threads in which codecs of WebAssembly and of JavaScript decode: a photo takes them up to a second. */
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'
import { readBmpHeader } from '../formats/bmp-header.ts'
import { decodeBmp } from './bmp-pixels.ts'
import { copyShrunk, withoutOpaqueAlpha, type RasterCopy } from './copy-shrunk.ts'
import { Libheif, type HeicPixels } from './libheif.ts'
import { Libjxl } from './libjxl.ts'

/** Pixels, and the memory that the thread holds on to. */
export type Decoded<T extends RasterCopy> = T & { readonly held: number }

let libheif: Libheif | undefined
let libjxl: Promise<Libjxl> | undefined

const api = {
  /** As `Libheif.decode`. */
  heic(file: Uint8Array, shortSide: number): Transferred<Decoded<HeicPixels>> {
    libheif ??= new Libheif()
    const pixels = libheif.decode(file, shortSide)
    return new Transferred({ ...pixels, held: libheif.memory }, [pixels.data.buffer])
  },

  /** As `Libjxl.decode`. */
  async jpegXl(file: Uint8Array, shortSide: number): Promise<Transferred<Decoded<RasterCopy>>> {
    libjxl ??= Libjxl.load()
    const codec = await libjxl
    const pixels = withoutOpaqueAlpha(codec.decode(file, shortSide))
    return new Transferred({ ...pixels, held: codec.memory }, [pixels.data.buffer])
  },

  bmp(file: Uint8Array, shortSide: number): Transferred<Decoded<RasterCopy>> {
    const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
    const pixels = withoutOpaqueAlpha(copyShrunk(decodeBmp(bytes, readBmpHeader(bytes)), shortSide))
    return new Transferred({ ...pixels, held: 0 }, [pixels.data.buffer])
  },
}

export type RasterWorkerApi = typeof api

serveWorker(api)
