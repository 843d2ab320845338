/** @file libjxl in WebAssembly: colours are brought to sRGB, the picture is upright, an animation shows its first frame. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { KindredError } from '../../../shared/errors.ts'
import { copyShrunk, type RasterCopy } from './copy-shrunk.ts'

interface LibjxlModule {
  readonly HEAPU8: Uint8Array
  /** Returns null for what it cannot decode. */
  decode(file: Uint8Array): { readonly data: Uint8ClampedArray; width: number; height: number } | null
}

type Create = (options: object) => Promise<LibjxlModule>

/** One instance: its memory grows with the largest image and never shrinks. */
export class Libjxl {
  readonly #module: LibjxlModule

  private constructor(module: LibjxlModule) {
    this.#module = module
  }

  static async load(): Promise<Libjxl> {
    const require = createRequire(import.meta.url)
    const folder = '@jsquash/jxl/codec/dec/jxl_dec'
    const { default: create } = (await import(pathToFileURL(require.resolve(`${folder}.js`)).href)) as {
      default: Create
    }
    const wasmBinary = readFileSync(require.resolve(`${folder}.wasm`))
    const print = (): undefined => undefined
    return new Libjxl(await create({ noInitialRun: true, wasmBinary, print, printErr: print }))
  }

  /** Bytes of its memory. */
  get memory(): number {
    return this.#module.HEAPU8.length
  }

  /**
   * @param shortSide pixels of the short side that are needed at least
   * @throws KindredError `damaged-image`
   */
  decode(file: Uint8Array, shortSide: number): RasterCopy {
    const decoded = this.#module.decode(file)
    if (!decoded) throw new KindredError('damaged-image', 'This image is damaged.')
    const { data, width, height } = decoded
    const rows = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return copyShrunk({ rows, stride: 4 * width, width, height, channels: 4 }, shortSide)
  }
}
