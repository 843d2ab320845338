import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { box, uint32 } from './boxes.ts'

interface Encoder {
  encode(rgba: Uint8ClampedArray, width: number, height: number, options: object): Uint8Array | null
}

let encoder: Promise<Encoder> | undefined

async function load(): Promise<Encoder> {
  const require = createRequire(import.meta.url)
  const folder = '@jsquash/jxl/codec/enc/jxl_enc'
  const { default: create } = (await import(pathToFileURL(require.resolve(`${folder}.js`)).href)) as {
    default: (options: object) => Promise<Encoder>
  }
  return create({ noInitialRun: true, wasmBinary: readFileSync(require.resolve(`${folder}.wasm`)) })
}

/** A JPEG XL codestream, nearly without loss. */
export async function jxlBytes(rgba: Uint8ClampedArray, width: number, height: number): Promise<Buffer> {
  encoder ??= load()
  const encoded = (await encoder).encode(rgba, width, height, {
    effort: 1,
    quality: 97,
    progressive: false,
    epf: 0,
    lossyPalette: false,
    decodingSpeedTier: 0,
    photonNoiseIso: 0,
    lossyModular: false,
    lossless: false,
  })
  if (!encoded) throw new Error('The picture could not be encoded.')
  return Buffer.from(encoded)
}

/** The codestream in boxes, with EXIF. */
export const jxlContainer = (codestream: Buffer, exif: Buffer): Buffer =>
  Buffer.concat([
    box('JXL ', Buffer.from('0d0a870a', 'hex')),
    box('ftyp', Buffer.from('jxl '), uint32(0), Buffer.from('jxl ')),
    box('Exif', uint32(0), exif),
    box('jxlc', codestream),
  ])
