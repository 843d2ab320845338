/**
 * @file libheif in WebAssembly by its C API (libheif/heif.h): the JavaScript around it in the package copies every pixel
 * twice and has no thumbnails.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { KindredError } from '../../../shared/errors.ts'
import { copyShrunk, type RasterCopy } from './copy-shrunk.ts'

/** Structures are returned through a pointer in front of the arguments; pointers are numbers. */
interface LibheifModule {
  readonly HEAPU8: Uint8Array
  readonly HEAPU32: Uint32Array
  _malloc(bytes: number): number
  _free(pointer: number): void
  _heif_context_alloc(): number
  _heif_context_free(context: number): void
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    memory: number,
    bytes: number,
    options: number,
  ): void
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void
  _heif_image_handle_release(handle: number): void
  _heif_image_handle_get_width(handle: number): number
  _heif_image_handle_get_height(handle: number): number
  _heif_image_handle_has_alpha_channel(handle: number): number
  _heif_image_handle_get_number_of_thumbnails(handle: number): number
  _heif_image_handle_get_list_of_thumbnail_IDs(handle: number, ids: number, count: number): number
  _heif_image_handle_get_thumbnail(error: number, handle: number, id: number, thumbnail: number): void
  _heif_image_handle_get_nclx_color_profile(error: number, handle: number, profile: number): void
  _heif_nclx_color_profile_free(profile: number): void
  _heif_decode_image(
    error: number,
    handle: number,
    image: number,
    colorspace: number,
    chroma: number,
    options: number,
  ): void
  _heif_image_get_width(image: number, channel: number): number
  _heif_image_get_height(image: number, channel: number): number
  _heif_image_get_plane_readonly2(image: number, channel: number, stride: number): number
  _heif_image_release(image: number): void
}

/** heif_colorspace_RGB, heif_chroma_interleaved_RGB and _RGBA, heif_channel_interleaved. */
const RGB = 1
const INTERLEAVED_RGB = 10
const INTERLEAVED_RGBA = 11
const INTERLEAVED = 10

/** Colour primaries of SMPTE EG 432-1, Display P3 (ITU-T H.273, table 2). */
const DISPLAY_P3 = 12

/** Thumbnails of one image that are looked at. */
const MOST_THUMBNAILS = 8

export interface HeicPixels extends RasterCopy {
  /** Whether the file says that its colours are those of Display P3, where it has no ICC profile. */
  readonly isDisplayP3: boolean
}

/** One instance: its memory grows with the largest image and never shrinks. */
export class Libheif {
  readonly #module: LibheifModule
  /** Room for structures that functions return. */
  readonly #out: number

  constructor() {
    const require = createRequire(import.meta.url)
    const create = require('libheif-js/libheif-wasm/libheif.js') as (options: object) => LibheifModule
    const wasmBinary = readFileSync(require.resolve('libheif-js/libheif-wasm/libheif.wasm'))
    // What it prints is about files of the user.
    const print = (): undefined => undefined
    this.#module = create({ wasmBinary, print, printErr: print })
    this.#out = this.#module._malloc(64)
  }

  /** Bytes of its memory. */
  get memory(): number {
    return this.#module.HEAPU8.length
  }

  /**
   * Decodes the primary image, turned and cropped as the file says, in 8 bits.
   * @param shortSide pixels of the short side that are needed at least: a thumbnail in the file may suffice
   * @throws KindredError `damaged-image`
   */
  decode(file: Uint8Array, shortSide: number): HeicPixels {
    const heif = this.#module
    const memory = heif._malloc(file.length)
    const context = heif._heif_context_alloc()
    try {
      heif.HEAPU8.set(file, memory)
      heif._heif_context_read_from_memory_without_copy(this.#out, context, memory, file.length, 0)
      this.#check()
      heif._heif_context_get_primary_image_handle(this.#out, context, this.#out + 16)
      this.#check()
      const handle = this.#uint32(this.#out + 16)
      try {
        const pixels = this.#thumbnail(handle, shortSide) ?? this.#pixels(handle, shortSide)
        return { ...pixels, isDisplayP3: this.#primaries(handle) === DISPLAY_P3 }
      } finally {
        heif._heif_image_handle_release(handle)
      }
    } finally {
      heif._heif_context_free(context)
      heif._free(memory)
    }
  }

  /** A thumbnail that is large enough and of the same shape; one that fails is passed over. */
  #thumbnail(handle: number, shortSide: number): RasterCopy | undefined {
    const heif = this.#module
    const [width, height] = this.#size(handle)
    for (const id of this.#thumbnailIds(handle)) {
      heif._heif_image_handle_get_thumbnail(this.#out, handle, id, this.#out + 16)
      if (this.#uint32(this.#out) !== 0) continue
      const thumbnail = this.#uint32(this.#out + 16)
      try {
        const [w, h] = this.#size(thumbnail)
        const sameShape = Math.abs(w * height - h * width) <= Math.max(width, height)
        if (Math.min(w, h) >= shortSide && sameShape) return this.#pixels(thumbnail, shortSide)
      } catch (error) {
        if (!(error instanceof KindredError)) throw error
      } finally {
        heif._heif_image_handle_release(thumbnail)
      }
    }
    return undefined
  }

  #thumbnailIds(handle: number): number[] {
    const heif = this.#module
    const count = Math.min(heif._heif_image_handle_get_number_of_thumbnails(handle), MOST_THUMBNAILS)
    if (count <= 0) return []
    const ids = heif._malloc(4 * count)
    heif._heif_image_handle_get_list_of_thumbnail_IDs(handle, ids, count)
    const list = Array.from({ length: count }, (_, n) => this.#uint32(ids + 4 * n))
    heif._free(ids)
    return list
  }

  #pixels(handle: number, shortSide: number): RasterCopy {
    const heif = this.#module
    const hasAlpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0
    const chroma = hasAlpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB
    heif._heif_decode_image(this.#out, handle, this.#out + 16, RGB, chroma, 0)
    this.#check()
    const image = this.#uint32(this.#out + 16)
    try {
      const width = heif._heif_image_get_width(image, INTERLEAVED)
      const height = heif._heif_image_get_height(image, INTERLEAVED)
      const plane = heif._heif_image_get_plane_readonly2(image, INTERLEAVED, this.#out + 24)
      const stride = this.#uint32(this.#out + 24)
      const channels = hasAlpha ? 4 : 3
      const rows = heif.HEAPU8.subarray(plane, plane + stride * height)
      return copyShrunk({ rows, stride, width, height, channels }, shortSide)
    } finally {
      heif._heif_image_release(image)
    }
  }

  #size(handle: number): [width: number, height: number] {
    const heif = this.#module
    return [heif._heif_image_handle_get_width(handle), heif._heif_image_handle_get_height(handle)]
  }

  /** The colour primaries that the file names; 0 where it names none. */
  #primaries(handle: number): number {
    const heif = this.#module
    heif._heif_image_handle_get_nclx_color_profile(this.#out, handle, this.#out + 16)
    if (this.#uint32(this.#out) !== 0) return 0
    const profile = this.#uint32(this.#out + 16)
    const primaries = this.#uint32(profile + 4)
    heif._heif_nclx_color_profile_free(profile)
    return primaries
  }

  #uint32(pointer: number): number {
    return this.#module.HEAPU32[pointer >>> 2]!
  }

  #check(): void {
    const [code, detail] = [this.#uint32(this.#out), this.#uint32(this.#out + 4)]
    if (code !== 0)
      throw new KindredError('damaged-image', `This image is damaged (libheif ${code}.${detail}).`)
  }
}
